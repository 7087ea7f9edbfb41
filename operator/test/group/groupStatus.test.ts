import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GroupDescription, GroupLag } from '@millrace/client/groupDescription';
import type {
  ConsumerGroupResource,
  ConsumerGroupSpec,
} from '@millrace/core/resources/custom/consumerGroupResource';
import { groupDeclaration } from '../../src/group/groupDeclaration.ts';
import { groupStatus, isWorthWriting, ranges } from '../../src/group/groupStatus.ts';

const NOW = '2026-01-02T00:00:00Z';

function group(given: Partial<ConsumerGroupSpec> = {}): ConsumerGroupResource {
  return {
    apiVersion: 'millrace.dev/v1alpha1',
    kind: 'ConsumerGroup',
    metadata: {
      name: 'billing',
      namespace: 'n',
      uid: 'u',
      resourceVersion: '1',
      generation: 3,
      creationTimestamp: NOW,
    },
    spec: {
      clusterRef: { name: 'mill' },
      assignment: { mode: 'Automatic' },
      paused: false,
      deletionPolicy: 'Retain',
      ...given,
    },
  };
}

function lag(given: Partial<GroupLag> = {}): GroupLag {
  return {
    group: 'billing',
    condition: 'stable',
    members: 1,
    verdict: 'OK',
    partitions: 3,
    partitionsUnknown: 0,
    records: 100,
    lagMs: 1500,
    ends: 1000,
    partitionLags: [],
    error: undefined,
    ...given,
  };
}

function status(of: GroupLag | undefined) {
  const assigned = [3, 0, 1].map((partition) => ({ topicId: 't', partition }));
  const description: GroupDescription = {
    group: 'billing',
    condition: 'stable',
    members: 1,
    epoch: 7,
    assignor: 'uniform',
    memberDetails: [
      {
        memberId: 'm',
        instanceId: '',
        clientId: 'app',
        state: 'stable',
        memberEpoch: 7,
        topics: ['orders'],
        pattern: '',
        assigned,
        revoking: [],
        target: assigned,
      },
    ],
    offsets: [],
    declared: undefined,
    lastResetMs: undefined,
    lag: of,
  };
  const judgement = {
    description,
    topicName: () => 'orders',
    problem: undefined,
    reset: undefined,
  };
  return groupStatus(group(), judgement, NOW);
}

describe('the status of a group', () => {
  it('shows who has what, and how far behind it is', () => {
    const { members, lagRecords, lagSeconds, groupEpoch } = status(lag());
    assert.deepEqual(members, [{ memberId: 'm', clientId: 'app', assigned: 'orders:0-1,3' }]);
    assert.deepEqual(
      { lagRecords, lagSeconds, groupEpoch },
      {
        lagRecords: '100',
        lagSeconds: 1,
        groupEpoch: 7,
      },
    );
  });

  it('says no lag rather than too little while a leader is away', () => {
    assert.equal(status(lag({ partitionsUnknown: 1 })).lagRecords, undefined);
    assert.equal(status(undefined).lagRecords, undefined);
  });

  it('is lagging once a record has waited for a minute', () => {
    const of = (lagMs: number) =>
      status(lag({ lagMs })).conditions?.find(({ type }) => type === 'Lagging')?.status;
    assert.equal(of(59_000), 'False');
    assert.equal(of(61_000), 'True');
  });

  it('is written when the assignment changed or lag moved by more than a tenth', () => {
    const before = status(lag());
    assert.ok(!isWorthWriting(before, before));
    assert.ok(!isWorthWriting(before, status(lag({ records: 109, lagMs: 9000 }))));
    assert.ok(isWorthWriting(before, status(lag({ records: 120 }))));
    assert.ok(isWorthWriting(before, status(lag({ partitionsUnknown: 1 }))));
    assert.ok(isWorthWriting(before, { ...before, groupEpoch: 8 }));
    assert.ok(isWorthWriting(undefined, before));
  });

  it('writes partitions as ranges', () => {
    assert.equal(ranges([]), '');
    assert.equal(ranges([5]), '5');
    assert.equal(ranges([9, 1, 2, 3, 7, 8]), '1-3,7-9');
  });
});

describe('the declaration of a group', () => {
  it('has pins only where they are meant', () => {
    const pins = [{ instanceId: 'a', topic: 'orders', partitions: [1] }];
    const automatic = groupDeclaration(group({ assignment: { mode: 'Automatic', pins } }).spec);
    assert.deepEqual(automatic.pins, []);
    const pinned = groupDeclaration(
      group({ assignment: { mode: 'Pinned', pins }, sessionTimeout: '45s', paused: true }).spec,
    );
    assert.deepEqual(pinned.pins, pins);
    assert.equal(pinned.sessionTimeoutMs, 45_000);
    assert.equal(pinned.paused, true);
  });
});
