import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import type { ReplicationRule } from '../../src/replication/replicationRules.ts';
import { CoreModel } from './coreModel.ts';

const STEPS = 600;

/** Throws at the first step after which a copy breaks a promise. */
function runHistory(seed: number, off: readonly ReplicationRule[] = []): CoreModel {
  const random = new SeededRandom(seed);
  const model = new CoreModel(new Set(off));
  for (let step = 0; step < STEPS; step++) model.step(random.int(1 << 20));
  return model;
}

test('in any order of messages, crashes and elections nothing committed is lost or stands at two offsets', () => {
  let commits = 0;
  let changes = 0;
  for (let seed = 0; seed < 400; seed++) {
    const { committed, status } = runHistory(seed);
    commits += committed.length;
    changes += status.epoch - status.leaderEpoch;
  }
  assert.ok(commits > 1000, `${commits} commits`);
  assert.ok(changes > 300, `${changes} changes of the ISR`);
});

// Those that are not here have tables of their own: leaderState.test.ts, truncation.test.ts.
for (const rule of [
  'fetch-checks-divergence',
  'durable-end-counts',
  'watermark-spans-maximal-isr',
  'watermark-needs-min-isr',
  'unheard-member-blocks',
  'join-caught-up',
  'leader-is-this-boot',
] as const satisfies readonly ReplicationRule[]) {
  test(`without ${rule} there is a history that loses a record`, () => {
    const seeds = Array.from({ length: 20_000 }, (_, seed) => seed);
    const found = seeds.find((seed) => {
      try {
        runHistory(seed, [rule]);
        return false;
      } catch (error) {
        assert.ok(error instanceof assert.AssertionError);
        return true;
      }
    });
    assert.notEqual(found, undefined);
  });
}
