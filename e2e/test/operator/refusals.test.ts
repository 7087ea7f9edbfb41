import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AssignmentResource } from '@millrace/core/resources/custom/internalResources';
import { KubeError } from '@millrace/kube/kubeError';
import type { KubeObject } from '@millrace/kube/kubeObject';
import type { Resource } from '@millrace/kube/resource';
import { clusterPrograms } from '../../src/apiServer.ts';
import { ASSIGNMENTS, CLUSTERS, CONSUMER_GROUPS, TOPICS } from './kinds.ts';
import { OperatorWorld } from './operatorWorld.ts';

const NS = 'default';
const REF = { clusterRef: { name: 'mill' } };
const PIN = { instanceId: 'a', topic: 't', partitions: [0] };

/** What, kind, spec, what the API server says. */
const CREATIONS: [string, Resource, object, RegExp][] = [
  ['a Topic without partitions', TOPICS, { ...REF, partitions: 0 }, /greater than or equal to 1/],
  ['a Topic of a million', TOPICS, { ...REF, partitions: 1e6 }, /less than or equal to 10000/],
  ['a name with a space', TOPICS, { ...REF, topicName: 'a b' }, /should match/],
  ['a name with two dots', TOPICS, { ...REF, topicName: '..' }, /neither \. nor \.\./],
  ['a reserved name', TOPICS, { ...REF, topicName: '__groups' }, /reserved/],
  ['a name of 250 characters', TOPICS, { ...REF, topicName: 'a'.repeat(250) }, /249/],
  [
    'an unknown setting',
    TOPICS,
    { ...REF, config: { 'retention.ms': 1 } },
    /a key is unknown; the keys are/,
  ],
  [
    'minInsyncReplicas above the copies',
    TOPICS,
    { ...REF, replicationFactor: 2, config: { minInsyncReplicas: 3 } },
    /raise the one or lower the other/,
  ],
  [
    'a broker named twice',
    TOPICS,
    { ...REF, placement: [{ partition: 0, brokers: [1, 1] }] },
    /name each once/,
  ],
  ['a Topic of no cluster', TOPICS, { partitions: 1 }, /clusterRef: Required/],
  [
    'pins without Pinned',
    CONSUMER_GROUPS,
    { ...REF, assignment: { pins: [PIN] } },
    /set mode to Pinned/,
  ],
  [
    'Pinned without pins',
    CONSUMER_GROUPS,
    { ...REF, assignment: { mode: 'Pinned' } },
    /name the partitions/,
  ],
  [
    'a Cluster without brokers',
    CLUSTERS,
    { brokers: { replicas: 0 } },
    /greater than or equal to 1/,
  ],
  [
    'a setting that the operator sets',
    CLUSTERS,
    { brokers: { config: { brokerId: 1 } } },
    /set by the operator itself/,
  ],
  ['a cluster id that is none', CLUSTERS, { clusterId: 'mine' }, /should match/],
];

/** What, kind, spec before, patch, what the API server says. */
const CHANGES: [string, Resource, object, object, RegExp][] = [
  [
    'fewer partitions',
    TOPICS,
    { ...REF, partitions: 6 },
    { partitions: 3 },
    /partitions only grow/,
  ],
  ['no partitions any more', TOPICS, { ...REF, partitions: 6 }, { partitions: null }, /only grow/],
  [
    'another name',
    TOPICS,
    { ...REF, topicName: 'a' },
    { topicName: 'b' },
    /topicName cannot be changed/,
  ],
  ['a name of its own later', TOPICS, REF, { topicName: 'b' }, /topicName cannot be changed/],
  [
    'another cluster',
    TOPICS,
    REF,
    { clusterRef: { name: 'other' } },
    /clusterRef cannot be changed/,
  ],
  ['another group', CONSUMER_GROUPS, REF, { groupId: 'b' }, /groupId cannot be changed/],
  [
    'another disk',
    CLUSTERS,
    {},
    { brokers: { storage: { size: '1Ti' } } },
    /the storage of a Cluster cannot be changed/,
  ],
];

describe('the API server', { skip: clusterPrograms() === undefined, timeout: 300_000 }, () => {
  let world: OperatorWorld;
  let number = 0;

  before(async () => {
    world = await OperatorWorld.start();
  });
  after(() => world.close());

  for (const [what, of, spec, expected] of CREATIONS) {
    it(`refuses ${what}, in a sentence`, async () => {
      number += 1;
      await assert.rejects(world.create(of, NS, `bad-${number}`, spec), says(expected));
    });
  }

  for (const [what, of, spec, patch, expected] of CHANGES) {
    it(`refuses ${what}, in a sentence`, async () => {
      number += 1;
      const name = `changed-${number}`;
      await world.create(of, NS, name, spec);
      await assert.rejects(world.change(of, NS, name, { spec: patch }), says(expected));
    });
  }

  it('refuses a Cluster after which no pod could be named', async () => {
    await assert.rejects(world.create(CLUSTERS, NS, 'a.b', {}), says(/at most 40 letters/));
  });

  it('lets the epochs of a partition rise, and not fall', async () => {
    const created = await world.client.create<AssignmentResource>(ASSIGNMENTS, NS, {
      metadata: { name: 'epochs', namespace: NS },
      spec: {
        topicId: '0f8b7d7e-3c1f-4a53-9d0a-6a2f4d1c9b11',
        topicName: 't',
        clusterId: '5a1f0f5e-8f0e-4f5b-8d53-0b7a3c2e4d66',
        chunk: 1,
        config: {},
        replicas: Array.from({ length: 200 }, () => [0, 1, 2]),
        deletionPolicy: 'Delete',
        deleted: false,
      },
    } as unknown as AssignmentResource);
    const put = (object: AssignmentResource, leaderEpoch: number, controllerEpoch = 5) => {
      const status = { formatVersion: 1, controllerEpoch, partitions: partitions(leaderEpoch) };
      const changed = { ...object, status } as unknown as AssignmentResource;
      return world.client.put(ASSIGNMENTS, NS, changed, { subresource: 'status' });
    };
    const first = await put(created, 7);
    const second = await put(first, 8);
    await assert.rejects(put(second, 7), says(/never fall/));
    await assert.rejects(put(second, 8, 4), says(/another controller has taken over/));
    const stored = await world.client.get<KubeObject & { status?: { partitions: object[] } }>(
      ASSIGNMENTS,
      NS,
      'epochs',
    );
    assert.equal(stored?.status?.partitions.length, 200);
    assert.partialDeepStrictEqual(stored?.status?.partitions[0], { leader: null, leaderEpoch: 8 });
  });
});

function partitions(leaderEpoch: number): object[] {
  const isr = [0, 1, 2].map((id) => `${id}:cccccccccccc`);
  return Array.from({ length: 200 }, (_, index) => ({
    p: 200 + index,
    initialized: true,
    replicas: [0, 1, 2],
    adding: [],
    leader: null,
    isr,
    eligible: [],
    leaderEpoch,
    epoch: leaderEpoch,
    minIsr: 2,
    uncleanEpoch: -1,
  }));
}

function says(expected: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof KubeError, String(error));
    assert.equal(error.reason, 'invalid');
    assert.match(error.message, expected);
    return true;
  };
}
