import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterResource } from '@millrace/core/resources/custom/clusterResource';
import type { TopicId } from '@millrace/core/ids';
import { PAUSE_ANNOTATION } from '@millrace/core/resources/custom/resourceNames';
import { RemovalWorld } from './removalWorld.ts';
import { topic, TOPIC_ID } from './topicWorld.ts';

const MINUTE = 60_000;
const PAUSED = { [PAUSE_ANNOTATION]: 'true' };

function otherId(number: number): TopicId {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` as TopicId;
}

describe('records of a Topic that is gone', () => {
  it('go soon after its deletion was seen', async () => {
    const world = new RemovalWorld();
    world.deleted();
    assert.ok((await world.pass(MINUTE)) < 5000);
    assert.ok(world.isBuried);
  });

  it('stay for 10 min when nobody saw it go, and the event says so', async () => {
    const world = new RemovalWorld();
    world.assign();
    await world.pass(9 * MINUTE);
    assert.ok(!world.isBuried);
    assert.match(world.notes.join(), /orders.*10 more min.*nobody saw/);
    assert.equal(world.notes.length, 1);
    await world.pass(2 * MINUTE);
    assert.ok(world.isBuried);
  });

  it('stay for 10 min when a listing lacks it', async () => {
    const world = new RemovalWorld();
    world.assign();
    world.removal.gone(topic({}, { topicId: TOPIC_ID }), false);
    await world.pass(9 * MINUTE);
    assert.ok(!world.isBuried);
  });

  it('are not taken from a Topic whose status was lost, though it is looked at late', async () => {
    for (const isPaused of [false, true]) {
      const world = new RemovalWorld();
      world.assign();
      world.topics.set('orders', topic());
      const metadata = { name: 'mill', annotations: PAUSED };
      if (isPaused) world.clusters.set('mill', { metadata } as unknown as ClusterResource);
      await world.pass(MINUTE);
      world.clusters.clear();
      await world.removal.finish(TOPIC_ID);
      assert.ok(!world.isBuried);
      await world.pass(30 * MINUTE);
      await world.removal.finish(TOPIC_ID);
      assert.ok(!world.isBuried);
    }
  });

  it('are not taken from a Topic that is still there by its name and uid', async () => {
    const world = new RemovalWorld();
    world.deleted();
    world.topics.set('orders', topic());
    world.nowMs = MINUTE;
    await world.removal.finish(TOPIC_ID);
    assert.ok(!world.isBuried);
  });

  it('go before a new Topic of the name is made', async () => {
    const world = new RemovalWorld();
    world.deleted();
    const again = topic();
    world.topics.set('orders', { ...again, metadata: { ...again.metadata, uid: 'other' } });
    const waitMs = await world.removal.finish(TOPIC_ID);
    assert.ok(waitMs > 0 && !world.isBuried);
    world.nowMs += waitMs;
    assert.equal(await world.removal.finish(TOPIC_ID), 0);
    assert.ok(world.isBuried);
  });

  it('stay while the kind is gone, and for 10 min after: a Topic made meanwhile has them', async () => {
    const world = new RemovalWorld();
    world.deleted();
    world.isKindGood = false;
    await world.pass(15 * MINUTE);
    world.isKindGood = true;
    await world.pass(9 * MINUTE);
    const again = topic();
    world.topics.set('orders', { ...again, metadata: { ...again.metadata, uid: 'other' } });
    assert.equal(await world.removal.finish(TOPIC_ID), 0, 'the new Topic need not wait');
    assert.ok(!world.isBuried);
    assert.match(world.notes.join(), /no such kind/);
  });

  it('stay when the kind was gone for a moment alone', async () => {
    const world = new RemovalWorld();
    world.isKindGood = false;
    world.deleted();
    await world.pass(0);
    world.isKindGood = true;
    await world.pass(9 * MINUTE);
    await world.removal.finish(TOPIC_ID);
    assert.ok(!world.isBuried);
    await world.pass(2 * MINUTE);
    assert.ok(world.isBuried);
  });

  it('stay for 10 min when many went, the first of them too', async () => {
    const world = new RemovalWorld();
    world.deleted();
    for (let one = 0; one < 300; one++) {
      world.nowMs += 50;
      await world.pass(0);
      world.removal.gone(topic({}, { topicId: otherId(one) }, `t${one}`), true);
    }
    await world.pass(9 * MINUTE);
    await world.removal.finish(TOPIC_ID);
    assert.ok(!world.isBuried);
  });

  it('stay when it said Retain last, whatever was recorded', async () => {
    const world = new RemovalWorld();
    world.deleted({ deletionPolicy: 'Retain' });
    await world.removal.finish(TOPIC_ID);
    assert.equal(world.spec?.deletionPolicy, 'Retain');
    await world.pass(30 * MINUTE);
    assert.ok(!world.isBuried);
    assert.match(world.notes.join(), /orders.*says Retain/);
  });

  it('stay when it was paused', async () => {
    const world = new RemovalWorld();
    world.deleted({}, PAUSED);
    await world.pass(30 * MINUTE);
    assert.equal(world.spec?.deletionPolicy, 'Retain');
    assert.ok(!world.isBuried);
  });

  it('go wholly when a part of them went', async () => {
    const world = new RemovalWorld();
    world.assign({ deleted: true });
    world.assign({ chunk: 1 });
    world.topics.set('orders', topic());
    await world.pass(0);
    assert.ok(world.isBuried);
  });
});
