import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PAUSE_ANNOTATION } from '@millrace/core/resources/custom/resourceNames';
import type { TopicResource } from '@millrace/core/resources/custom/topicResource';
import { TopicReconciler } from '../../src/topic/topicReconciler.ts';
import { RemovalWorld } from './removalWorld.ts';
import { topic, TOPIC_ID } from './topicWorld.ts';

function reconciler({ world, removal }: RemovalWorld): TopicReconciler {
  const now = (): string => '2026-01-02T00:00:00Z';
  const randomBytes = (count: number): Uint8Array => new Uint8Array(count).fill(7);
  return new TopicReconciler({ world, removal, randomBytes, now });
}

function readyReason(of: TopicResource | undefined): string | undefined {
  return of?.status?.conditions?.find(({ type }) => type === 'Ready')?.reason;
}

describe('a Topic that is looked at', () => {
  const claimed = (spec: Partial<TopicResource['spec']>): TopicResource =>
    topic(spec, { topicId: TOPIC_ID });

  it('has its deletionPolicy recorded though nothing else of it can be done', async () => {
    const world = new RemovalWorld();
    world.assign();
    world.hasCluster = false;
    world.topics.set('orders', claimed({ deletionPolicy: 'Retain' }));
    await reconciler(world).reconcile('orders');
    assert.equal(readyReason(world.topics.get('orders')), 'ClusterMissing');
    assert.equal(world.spec?.deletionPolicy, 'Retain');
    world.hasCluster = true;
    world.topics.set('orders', claimed({ replicationFactor: 9 }));
    await reconciler(world).reconcile('orders');
    assert.equal(readyReason(world.topics.get('orders')), 'NotEnoughBrokers');
    assert.equal(world.spec?.deletionPolicy, 'Delete');
  });

  it('has Retain recorded while it is paused, and Delete afterwards', async () => {
    const world = new RemovalWorld();
    world.assign();
    const paused = (deletionPolicy: 'Retain' | 'Delete'): TopicResource => {
      const of = claimed({ deletionPolicy });
      return { ...of, metadata: { ...of.metadata, annotations: { [PAUSE_ANNOTATION]: 'true' } } };
    };
    world.topics.set('orders', paused('Retain'));
    await reconciler(world).reconcile('orders');
    assert.equal(world.spec?.deletionPolicy, 'Retain');
    world.topics.set('orders', paused('Delete'));
    await reconciler(world).reconcile('orders');
    assert.equal(world.spec?.deletionPolicy, 'Retain');
  });

  it('adopts what nobody saw being deleted', async () => {
    const world = new RemovalWorld();
    world.assign();
    await world.removal.reconcile(TOPIC_ID);
    world.topics.set('orders', topic());
    world.nowMs = 40_000;
    await reconciler(world).reconcile('orders');
    assert.equal(world.topics.get('orders')?.status?.topicId, TOPIC_ID);
    assert.ok(!world.isBuried);
  });

  it('waits for what was deleted under its name, and is another topic', async () => {
    const world = new RemovalWorld();
    world.deleted();
    const again = topic();
    world.topics.set('orders', { ...again, metadata: { ...again.metadata, uid: 'other' } });
    const waitMs = await reconciler(world).reconcile('orders');
    assert.equal(readyReason(world.topics.get('orders')), 'DeletingPredecessor');
    world.nowMs += waitMs ?? Number.NaN;
    await reconciler(world).reconcile('orders');
    assert.ok(world.isBuried);
    assert.notEqual(world.topics.get('orders')?.status?.topicId, undefined);
    assert.notEqual(world.topics.get('orders')?.status?.topicId, TOPIC_ID);
  });

  it('does not adopt what was buried in part', async () => {
    const world = new RemovalWorld();
    world.assign({ deleted: true });
    world.assign({ chunk: 1, deletionPolicy: 'Retain' });
    world.topics.set('orders', topic());
    await reconciler(world).reconcile('orders');
    const topicId = world.topics.get('orders')?.status?.topicId;
    assert.ok(topicId !== undefined && topicId !== TOPIC_ID);
  });

  it('is left alone while an assignment of it cannot be read, and says which', async () => {
    const world = new RemovalWorld();
    world.assign();
    const [name] = world.assignments.keys();
    // It is there, and the index has not understood it.
    world.index.set(name ?? '', undefined);
    const before = new Map(world.assignments);
    world.topics.set('orders', claimed({}));
    await reconciler(world).reconcile('orders');
    const told = world.topics.get('orders');
    assert.equal(readyReason(told), 'AssignmentMissing');
    assert.ok(told?.status?.conditions?.some(({ message }) => message.includes(name ?? '?')));
    assert.deepEqual(world.assignments, before);
  });
});
