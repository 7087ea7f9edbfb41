import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Random } from '../../src/io/random.ts';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import { systemRandom } from '../../src/io/systemRandom.ts';

const generators: [string, Random][] = [
  ['the system generator', systemRandom],
  ['the seeded generator', new SeededRandom(42)],
];

for (const [name, random] of generators) {
  test(`${name} keeps its ranges and covers them`, () => {
    const counts = Array.from({ length: 10 }, () => 0);
    let sum = 0;
    for (let round = 0; round < 10_000; round += 1) {
      const value = random.int(10);
      assert.ok(Number.isInteger(value) && value >= 0 && value < 10);
      counts[value]! += 1;
      const float = random.float();
      assert.ok(float >= 0 && float < 1);
      sum += float;
    }
    for (const count of counts) assert.ok(count > 800 && count < 1200, counts.join());
    assert.ok(sum > 4800 && sum < 5200);
    assert.equal(random.int(1), 0);
    assert.throws(() => random.int(0));
    assert.equal(random.bytes(0).byteLength, 0);
    assert.equal(new Set(random.bytes(4096)).size, 256);
  });
}

test('the same seed gives the same sequence, another seed another', () => {
  const draw = (random: Random) => random.bytes(32).toString('hex');
  assert.equal(draw(new SeededRandom(7)), draw(new SeededRandom(7)));
  const seeds = [0, 1, 7, -7, 2 ** 32 + 7, Number.MAX_SAFE_INTEGER];
  assert.equal(new Set(seeds.map((seed) => draw(new SeededRandom(seed)))).size, seeds.length);
  // Seeds in bug reports stay good only while this does.
  assert.equal(new SeededRandom(1).bytes(8).toString('hex'), '3b6c76d60bedcf22');
});

test('a fork is a stream of its own', () => {
  const parent = new SeededRandom(3);
  const [one, other] = [parent.fork(), parent.fork()];
  assert.notEqual(one.bytes(16).toString('hex'), other.bytes(16).toString('hex'));
  assert.equal(new SeededRandom(3).fork().float(), new SeededRandom(3).fork().float());
});
