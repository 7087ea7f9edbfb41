import assert from 'node:assert/strict';
import { it } from 'node:test';
import { covers, isSame } from '../../src/world/covers.ts';

const ROWS: [string, unknown, unknown, boolean][] = [
  ['what the API server fills in', { a: 1, b: { c: 2, d: 3 } }, { b: { c: 2 } }, true],
  ['another value', { a: 1 }, { a: 2 }, false],
  ['a field that is not there', { a: 1 }, { b: 1 }, false],
  ['a field that is not wanted to be there', { a: 1 }, { a: 1, b: undefined }, true],
  ['a list that is longer', { a: [1, 2] }, { a: [1] }, false],
  ['a list in another order', [1, 2], [2, 1], false],
  ['items with what was filled in', [{ a: 1, b: 2 }], [{ a: 1 }], true],
  [
    'the same quantity in other words',
    { cpu: '1', memory: '1Gi' },
    { cpu: '1000m', memory: '1024Mi' },
    true,
  ],
  ['parts of a CPU', { a: '700m', b: '1400m', c: '1900m' }, { a: 0.7, b: '1.4', c: 1.9 }, true],
  ['large quantities', { a: '2Pi', b: '1E' }, { a: '2048Ti', b: '1000P' }, true],
  ['another quantity', { memory: '1Gi' }, { memory: '1G' }, false],
  ['texts that are no quantities', { image: 'a:1' }, { image: 'a:2' }, false],
  ['null for something', { a: null }, { a: {} }, false],
];

for (const [what, live, wanted, expected] of ROWS) {
  it(`${expected ? 'is' : 'is not'} as it should be with ${what}`, () => {
    assert.equal(covers(live, wanted), expected);
  });
}

it('is the same only if neither has more', () => {
  assert.ok(isSame({ a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1 }));
  assert.ok(!isSame({ a: 1, b: 2 }, { a: 1 }));
  assert.ok(!isSame(undefined, { a: 1 }));
});
