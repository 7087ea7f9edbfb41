/** Commits of a member, with a coordinator that answers as the test says. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { checkedPartitionRef } from '@millrace/core/assignors/partitionRef';
import { millraceError } from '@millrace/core/errors';
import type { CommitOffsetsResponse__Output } from '@millrace/proto/generated/millrace/v1/CommitOffsetsResponse';
import type { Error__Output } from '@millrace/proto/generated/millrace/v1/Error';
import { Committer, type CommitTarget } from '../../src/groups/committer.ts';
import { OwnedPartition } from '../../src/groups/ownedPartition.ts';
import { SILENT_LOGGER } from '../../src/logger.ts';

const TOPIC = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';

interface Sent {
  /** `<partition>:<offset>`, and `back` for a rewind. */
  readonly what: string;
  readonly answer: (codes?: readonly (string | undefined)[]) => void;
  readonly refuse: (code: 'UNAVAILABLE' | 'INVALID_REQUEST') => void;
}

function owned(partition: number, committed?: number): OwnedPartition {
  const ref = checkedPartitionRef(TOPIC, partition);
  return new OwnedPartition(ref, { topic: 't', partition }, committed, () => true);
}

function refusal(code: string | undefined): Error__Output | null {
  if (code === undefined) return null;
  return {
    code,
    outcome: 'OUTCOME_NOT_APPLIED',
    message: code,
    retriable: false,
    retryAfterMs: 0,
    leader: null,
  };
}

function world() {
  const sent: Sent[] = [];
  const disowned: OwnedPartition[] = [];
  const committer = new Committer({
    send: (offsets, direction) => {
      const { promise, resolve, reject } = Promise.withResolvers<CommitOffsetsResponse__Output>();
      const named = offsets.map(({ partition, offset }) => `${partition}:${String(offset)}`);
      sent.push({
        what: [...named, ...(direction === 'rewind' ? ['back'] : [])].join(' '),
        answer: (codes = []) =>
          resolve({
            throttleMs: 0,
            partitions: offsets.map(({ partition = 0 }, index) => ({
              topicId: TOPIC,
              partition,
              error: refusal(codes[index]),
            })),
          }),
        refuse: (code) => reject(millraceError(code, code)),
      });
      return promise;
    },
    disowned: (lost) => {
      lost.stop('lost');
      disowned.push(lost);
    },
    logger: SILENT_LOGGER,
  });
  const commit = (targets: readonly CommitTarget[], forMs = 60_000): Promise<void> =>
    committer.commit(() => targets, performance.now() + forMs);
  /** The next that is sent. */
  const next = async (): Promise<Sent> => {
    for (;;) {
      const first = sent.shift();
      if (first !== undefined) return first;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  return { sent, disowned, commit, next };
}

test('one commit is on its way at a time, and the next sends what is open then', async () => {
  const { sent, commit, next } = world();
  const one = owned(0);
  const first = commit([{ owned: one, offset: 5 }]);
  const request = await next();
  const second = commit([{ owned: one, offset: 5 }]);
  const third = commit([{ owned: one, offset: 9 }]);
  assert.equal(request.what, '0:5');
  assert.equal(sent.length, 0);
  request.answer();
  await first;
  await second;
  const last = await next();
  assert.equal(last.what, '0:9', 'what is committed is not sent again');
  last.answer();
  await third;
  assert.equal(one.committed, 9);
});

test('what may pass is tried again until the deadline, what is final is not', async () => {
  const { commit, next } = world();
  const one = owned(0);
  const committing = commit([{ owned: one, offset: 5 }]);
  (await next()).refuse('UNAVAILABLE');
  (await next()).answer(['NOT_ENOUGH_REPLICAS']);
  (await next()).answer();
  await committing;
  const late = assert.rejects(commit([{ owned: one, offset: 6 }], 1), { code: 'UNAVAILABLE' });
  (await next()).refuse('UNAVAILABLE');
  await late;
  const wrong = assert.rejects(commit([{ owned: one, offset: 6 }]), { code: 'INVALID_REQUEST' });
  (await next()).refuse('INVALID_REQUEST');
  await wrong;
  assert.equal(one.committed, 5);
});

test('a partition of another member is given up, and the others are committed all the same', async () => {
  const { disowned, commit, next } = world();
  const [mine, other] = [owned(0), owned(1)];
  const committing = commit([
    { owned: mine, offset: 5 },
    { owned: other, offset: 6 },
  ]);
  (await next()).answer([undefined, 'NOT_OWNER']);
  await committing;
  assert.equal(mine.committed, 5);
  assert.deepEqual(disowned, [other]);
  await commit([{ owned: other, offset: 7 }]);
  assert.equal(other.committed, undefined, 'nothing is committed for it any more');
});

test('what lies further back is sent as a rewind, and what others have passed is left', async () => {
  const { commit, next } = world();
  const [back, forward] = [owned(0, 50), owned(1, 50)];
  const committing = commit([
    { owned: back, offset: 5 },
    { owned: forward, offset: 60 },
  ]);
  const first = await next();
  assert.equal(first.what, '1:60');
  first.answer(['OFFSET_BEHIND']);
  const second = await next();
  assert.equal(second.what, '0:5 back');
  second.answer();
  await committing;
  assert.equal(back.committed, 5);
});
