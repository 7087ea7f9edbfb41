import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import type { ReplicationRule } from '../../src/replication/replicationRules.ts';
import { type Divergence, truncationTarget } from '../../src/replication/truncation.ts';

const base = {
  leaderEnd: 50,
  ownEnd: 60,
  logEnd: 80,
  highWatermark: 40,
  lastEpoch: 4,
  uncleanEpoch: -1,
};

function target(change: Partial<typeof base>, ...off: ReplicationRule[]): Offset | undefined {
  return truncationTarget({ ...base, ...change } as unknown as Divergence, new Set(off));
}

for (const [what, change, expected] of [
  ['where the leader ended the epoch', {}, 50],
  ['where it ended the epoch itself, if that is earlier', { leaderEnd: 70 }, 60],
  ['nowhere past its end', { leaderEnd: 90, ownEnd: 90 }, 80],
  ['down to its high watermark', { leaderEnd: 40 }, 40],
  ['never below its high watermark', { leaderEnd: 39 }, undefined],
  ['below it after an unclean election', { leaderEnd: 39, uncleanEpoch: 5 }, 39],
  [
    'not for an unclean election that it has seen the epoch of',
    { leaderEnd: 39, uncleanEpoch: 4 },
    undefined,
  ],
] as const) {
  test(`a follower that diverged cuts its log ${what}`, () => {
    assert.equal(target(change), expected);
  });
}

test('without its rules it would keep what the leader never had, and drop what is committed', () => {
  assert.equal(target({ leaderEnd: 70 }, 'truncate-to-smaller-end'), 70);
  assert.equal(target({ leaderEnd: 39 }, 'truncate-above-watermark'), 39);
});
