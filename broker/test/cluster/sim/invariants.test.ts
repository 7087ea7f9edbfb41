import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import { SimProcess } from '../../../src/io/sim/simProcess.ts';
import type { PartitionLog } from '../../../src/log/partition/partitionLog.ts';
import { assignmentSpec, assignmentStatus, TOPIC_ID } from '../../store/storedExamples.ts';
import { ClusterInvariants } from './clusterInvariants.ts';
import { ClusterWorld } from './clusterWorld.ts';
import { DurablePromises } from './durablePromises.ts';
import type { Produced } from './history.ts';
import { SimStream } from './simStream.ts';
import { StoreWatchdog } from './storeWatchdog.ts';
import { TopicBook } from './topicBook.ts';

const copyId = 'cccccccccccc';

function newWorld(): ClusterWorld {
  return new ClusterWorld({ seed: 1, profile: 'calm', rulesOff: new Set() });
}

function isViolated(world: ClusterWorld): boolean {
  try {
    world.throwIfViolated();
    return false;
  } catch {
    return true;
  }
}

/** Whether a copy that told `durableEnd` and heard `status` may be found with its end at `found`. */
function keepsPromise(found: number, status: FollowResponse['status']): boolean {
  const world = newWorld();
  const promises = new DurablePromises(world);
  const end = (host: string) => ({ process: new SimProcess(world.scheduler), host });
  const { near, far } = new SimStream(world.network, end('b0'), end('b1'));
  const request = {
    add: [{ handle: 1, copyId, topicId: TOPIC_ID, partition: 0, removedBelow: 0 }],
    ack: [
      { handle: 1, leaderEpoch: 0, fetchOffset: 9, lastFetchedEpoch: 0, durableEnd: 7 as Offset },
    ],
    drop: [],
    creditBytes: 0,
  } as unknown as FollowRequest;
  promises.heard(near, request);
  promises.heard(far, { status, data: [] });
  const log = { copyId, logEndOffset: found, topicId: TOPIC_ID, partition: 0 };
  promises.check('b0.2', [log as unknown as PartitionLog]);
  return !isViolated(world);
}

test('a copy that lacks what it said was durable is noticed, unless it was told to truncate', () => {
  assert.ok(keepsPromise(7, []));
  assert.ok(!keepsPromise(6, []));
  assert.ok(keepsPromise(6, [{ handle: 1, code: 'DIVERGED', epoch: 0, endOffset: 6 as Offset }]));
});

const led: Partial<PartitionStatus> = {
  leader: '0:aaaaaaaaaaaa:bbbbbbbbbbbb',
  isr: ['0:aaaaaaaaaaaa'],
};

/** Whether the store may go from the example's state, led by broker 0 in epoch 3/4, to this one. */
function isAllowed(change: Partial<PartitionStatus>): boolean {
  const world = newWorld();
  const { contents } = world.store;
  const watchdog = new StoreWatchdog(world);
  const status = assignmentStatus(1);
  const [partition] = status.partitions;
  assert.ok(partition !== undefined);
  const name = `${TOPIC_ID}-0`;
  const kind = 'PartitionAssignment';
  contents.create([{ kind, name, spec: assignmentSpec([[0]]), status }]);
  watchdog.check('create');
  const changed = { ...status, partitions: [{ ...partition, ...led, ...change }] };
  contents.update([{ kind, name, expectedVersion: 1, status: changed }]);
  watchdog.check('update');
  return !isViolated(world);
}

test('what may never happen to the state of a partition is noticed', () => {
  assert.ok(isAllowed({ epoch: 5 }));
  assert.ok(isAllowed({ epoch: 5, leaderEpoch: 4, leader: '0:aaaaaaaaaaaa:dddddddddddd' }));
  assert.ok(!isAllowed({ epoch: 4, minIsr: 2 }), 'the partition epoch stands still');
  assert.ok(!isAllowed({ epoch: 5, leaderEpoch: 2 }), 'the leader epoch falls');
  assert.ok(!isAllowed({ epoch: 5, leader: '0:aaaaaaaaaaaa:dddddddddddd' }), 'two in an epoch');
  assert.ok(!isAllowed({ epoch: 5, isr: [] }), 'nobody is in sync');
  assert.ok(!isAllowed({ epoch: 5, isr: ['0:aaaaaaaaaaaa', '1:aaaaaaaaaaaa'] }), 'a stranger');
  assert.ok(!isAllowed({ epoch: 5, leaderEpoch: 4, leader: '1:aaaaaaaaaaaa:bbbbbbbbbbbb' }));
});

test('two records at one offset are noticed, and an end below what was committed', () => {
  const record = { partition: 't/0', offset: 5, acks: 'all', leaderEpoch: 2 } as const;
  for (const [second, isWrong] of [
    [{ ...record, value: 'a' }, false],
    [{ ...record, value: 'b' }, true],
    [{ ...record, value: 'b', acks: 'leader' }, false],
  ] as const) {
    const world = newWorld();
    const invariants = new ClusterInvariants(world, [], new TopicBook());
    invariants.acknowledged({ ...record, value: 'a' } as unknown as Produced);
    invariants.acknowledged(second as unknown as Produced);
    assert.equal(isViolated(world), isWrong);
  }
  for (const [latest, leaderEpoch, isWrong] of [
    [6, 3, false],
    [5, 3, true],
    [5, 2, false],
  ] as const) {
    const world = newWorld();
    const invariants = new ClusterInvariants(world, [], new TopicBook());
    invariants.acknowledged({ ...record, value: 'a' } as unknown as Produced);
    invariants.told('t/0', { earliest: 0, latest, leaderEpoch });
    assert.equal(isViolated(world), isWrong);
  }
});
