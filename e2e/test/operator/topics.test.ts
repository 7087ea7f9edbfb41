import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AssignmentResource } from '@millrace/core/resources/custom/internalResources';
import { CUSTOM_RESOURCE_DEFINITIONS } from '@millrace/kube/resource';
import { clusterPrograms } from '../../src/apiServer.ts';
import { installResources } from '../../src/installedResources.ts';
import { ASSIGNMENTS, CLUSTERS, TOPICS } from './kinds.ts';
import { conditionOf, OperatorWorld, type Seen } from './operatorWorld.ts';

describe('a Topic', { skip: clusterPrograms() === undefined, timeout: 300_000 }, () => {
  let world: OperatorWorld;
  const NS = 'topics';

  before(async () => {
    world = await OperatorWorld.start();
    await world.namespace(NS);
    await world.operator(NS);
  });
  after(() => world.close());

  const assignmentOf = (topicId: unknown) =>
    world.client.get<AssignmentResource>(ASSIGNMENTS, NS, `${String(topicId)}-0`);

  it('becomes assignments, and is ready when they are led', async () => {
    await world.topic(NS, 'orders', { partitions: 6, config: { retentionMs: '7d' } });
    const { status } = await world.untilReady(TOPICS, NS, 'orders');
    assert.equal(status?.partitions, 6);
    assert.equal(status?.replicationFactor, 3);
    const assignment = await assignmentOf(status?.topicId);
    assert.equal(assignment?.spec.replicas.length, 6);
    assert.equal(assignment?.spec.config.retentionMs, '604800000');
    assert.equal(assignment?.spec.config.minInsyncReplicas, '2');
    assert.equal(Object.hasOwn(assignment?.metadata ?? {}, 'ownerReferences'), false);
    assert.equal(
      conditionOf(await world.untilReady(TOPICS, NS, 'orders'), 'Reconciling'),
      undefined,
    );
  });

  it('grows, changes its settings and its number of copies', async () => {
    await world.topic(NS, 'growing', { partitions: 2, replicationFactor: 1 });
    const { status } = await world.untilReady(TOPICS, NS, 'growing');
    const before = await assignmentOf(status?.topicId);
    await world.change(TOPICS, NS, 'growing', {
      spec: { partitions: 250, replicationFactor: 2, config: { segmentBytesMax: '1MiB' } },
    });
    const grown = await world.untilReady(TOPICS, NS, 'growing');
    assert.equal(grown.status?.partitions, 250);
    assert.equal(grown.status?.replicationFactor, 2);
    assert.equal(grown.status?.topicId, status?.topicId);
    const first = await assignmentOf(status?.topicId);
    assert.equal(first?.spec.replicas.length, 200);
    assert.equal(first?.spec.config.segmentBytesMax, String(2 ** 20));
    for (const [index, replicas] of before?.spec.replicas.entries() ?? []) {
      assert.equal(first?.spec.replicas[index]?.[0], replicas[0]);
    }
  });

  it('with more copies than brokers says what to do, and is made when there are enough', async () => {
    await world.topic(NS, 'wide', { replicationFactor: 4 });
    const wide = await world.untilReady(TOPICS, NS, 'wide', 'NotEnoughBrokers');
    assert.match(conditionOf(wide, 'Ready')?.message ?? '', /add brokers/);
    assert.equal(wide.status?.topicId, undefined);
    await world.change(TOPICS, NS, 'wide', { spec: { replicationFactor: 3 } });
    await world.untilReady(TOPICS, NS, 'wide');
  });

  it('of a name that an older one has is refused, until that is gone', async () => {
    const first = await world.topic(NS, 'first', { topicName: 'my.topic' });
    // The age of resources is counted in whole seconds.
    await world.until(TOPICS, NS, 'first', () => Date.now() > secondAfter(first));
    await world.topic(NS, 'second', { topicName: 'my_topic' });
    const second = await world.untilReady(TOPICS, NS, 'second', 'ResourceConflict');
    assert.match(conditionOf(second, 'Ready')?.message ?? '', /first/);
    assert.equal(conditionOf(second, 'Stalled')?.status, 'True');
    await world.untilReady(TOPICS, NS, 'first');
    await world.client.delete(TOPICS, NS, 'first');
    await world.untilReady(TOPICS, NS, 'second');
  });

  it('that is deleted takes its records with it, and a new one of the name is another', async () => {
    await world.topic(NS, 'brief');
    const { status } = await world.untilReady(TOPICS, NS, 'brief');
    await world.client.delete(TOPICS, NS, 'brief');
    await world.topic(NS, 'brief');
    const again = await world.untilReady(TOPICS, NS, 'brief');
    assert.notEqual(again.status?.topicId, status?.topicId);
    const name = `${String(status?.topicId)}-0`;
    await world.until(ASSIGNMENTS, NS, name, (object) => object === undefined);
  });

  it('that is retained keeps its records, and a new one of the name has them', async () => {
    await world.topic(NS, 'kept', { deletionPolicy: 'Retain', partitions: 2 });
    const { status } = await world.untilReady(TOPICS, NS, 'kept');
    await world.client.delete(TOPICS, NS, 'kept');
    await world.until(TOPICS, NS, 'kept', (object) => object === undefined);
    await world.topic(NS, 'kept', { partitions: 4 });
    const again = await world.untilReady(TOPICS, NS, 'kept');
    assert.equal(again.status?.topicId, status?.topicId);
    assert.equal(again.status?.partitions, 4);
  });

  it('whose status was lost is the same topic', async () => {
    await world.topic(NS, 'restored');
    const { status } = await world.untilReady(TOPICS, NS, 'restored');
    const live = await world.client.get<Seen>(TOPICS, NS, 'restored');
    await world.client.put(TOPICS, NS, { ...live, status: {} } as Seen, { subresource: 'status' });
    const again = await world.until<Seen>(
      TOPICS,
      NS,
      'restored',
      (topic) => conditionOf(topic, 'Ready') !== undefined,
    );
    assert.equal((await world.untilReady(TOPICS, NS, 'restored')).status?.topicId, status?.topicId);
    assert.equal(again.metadata.uid, live?.metadata.uid);
  });

  it('of a cluster that is not there says so, and is made with it', async () => {
    await world.create(TOPICS, NS, 'early', { clusterRef: { name: 'later' } });
    await world.untilReady(TOPICS, NS, 'early', 'ClusterMissing');
    await world.create(CLUSTERS, NS, 'later', {});
    await world.untilReady(TOPICS, NS, 'early', 'NotEnoughBrokers');
  });

  it('that is paused is left alone, and says so', async () => {
    await world.topic(NS, 'resting', { partitions: 1 });
    await world.untilReady(TOPICS, NS, 'resting');
    await world.change(TOPICS, NS, 'resting', {
      metadata: { annotations: { 'millrace.dev/pause': 'true' } },
      spec: { partitions: 2 },
    });
    const resting = await world.until<Seen>(
      TOPICS,
      NS,
      'resting',
      (topic) => conditionOf(topic, 'Paused') !== undefined,
    );
    assert.equal(resting.status?.partitions, 1);
    await world.change(TOPICS, NS, 'resting', {
      metadata: { annotations: { 'millrace.dev/pause': null } },
    });
    await world.until<Seen>(TOPICS, NS, 'resting', (topic) => topic?.status?.partitions === 2);
  });

  it('of few that went with their kind keeps its records, and has them when it is made again', async () => {
    await world.namespace('few');
    await world.operator('few');
    const ids: unknown[] = [];
    for (const name of ['a', 'b']) {
      await world.topic('few', name);
      ids.push((await world.untilReady(TOPICS, 'few', name)).status?.topicId);
    }
    const name = 'topics.millrace.dev';
    await world.client.delete(CUSTOM_RESOURCE_DEFINITIONS, '', name);
    await world.until(CUSTOM_RESOURCE_DEFINITIONS, '', name, (found) => found === undefined);
    await installResources(world.client);
    await world.topic('few', 'a');
    await world.topic('few', 'b');
    assert.equal((await world.untilReady(TOPICS, 'few', 'a')).status?.topicId, ids[0]);
    assert.equal((await world.untilReady(TOPICS, 'few', 'b')).status?.topicId, ids[1]);
  });
});

function secondAfter({ metadata }: Seen): number {
  return Date.parse(metadata.creationTimestamp ?? '') + 1000;
}
