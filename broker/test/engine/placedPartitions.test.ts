import assert from 'node:assert/strict';
import test from 'node:test';
import { toBrokerId, toBootId, toClusterId, toCopyId, toTopicId } from '@millrace/core/ids';
import { type Decision, elect } from '../../src/controller/firstElection.ts';
import type { CatalogTopic, StoredAssignment } from '../../src/controller/catalog.ts';
import { changedStatus, isDeleted, partitionsOf } from '../../src/engine/placedPartitions.ts';

const topicId = toTopicId('00000000-0000-4000-8000-000000000001');
const clusterId = toClusterId('00000000-0000-4000-8000-000000000002');
const candidate = {
  brokerId: toBrokerId(0),
  bootId: toBootId('00000000000a'),
  copyId: toCopyId('00000000000b'),
  lastEpoch: -1,
  durability: 'fsync',
} as const;

function assignment(chunk: number, partitions: number, deleted = false): StoredAssignment {
  const spec = {
    topicId,
    topicName: 't',
    clusterId,
    chunk,
    config: {},
    replicas: Array.from({ length: partitions }, () => [toBrokerId(0)]),
    deletionPolicy: 'Delete' as const,
    deleted,
  };
  return { kind: 'PartitionAssignment', name: `a-${chunk}`, version: 1, spec, status: undefined };
}

function topic(...assignments: StoredAssignment[]): CatalogTopic {
  return { topicId, name: 't', topic: undefined, assignments };
}

test('partitions are numbered across the chunks of their assignment', () => {
  const placed = partitionsOf(topic(assignment(0, 200), assignment(1, 3)));
  assert.deepEqual(
    placed.map(({ partition }) => partition),
    Array.from({ length: 203 }, (_, partition) => partition),
  );
  assert.ok(placed.every(({ initialized }) => !initialized));
});

test('a chunk is written only if a decision concerns one of its partitions', () => {
  const decisions: (Decision | undefined)[] = Array.from({ length: 203 }, () => undefined);
  decisions[201] = elect(201, undefined, candidate, 1);
  assert.deepEqual(changedStatus(assignment(0, 200), 0, decisions), []);
  const [changed] = changedStatus(assignment(1, 3), 1, decisions);
  assert.deepEqual(
    changed?.partitions.map(({ p }) => p),
    [201],
  );
});

test('a topic is deleted once one of its chunks says so', () => {
  assert.equal(isDeleted(topic(assignment(0, 1), assignment(1, 1))), false);
  assert.equal(isDeleted(topic(assignment(0, 1), assignment(1, 1, true))), true);
});
