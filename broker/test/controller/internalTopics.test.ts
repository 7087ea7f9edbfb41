import assert from 'node:assert/strict';
import test from 'node:test';
import { GROUPS_TOPIC } from '@millrace/core/internalTopics';
import { withCode } from '../store/storedExamples.ts';
import { ControllerWorld } from './controllerWorld.ts';

const REQUEST = { name: GROUPS_TOPIC.name, partitions: GROUPS_TOPIC.partitions };

test('the topic of groups has its shape, whatever else is asked for, and no Topic of its own', async () => {
  const world = new ControllerWorld();
  await world.booted(0, 1, 2);
  const config = { durability: 'async' };
  const { topic, existed } = await world.create({ ...REQUEST, replicationFactor: 1, config });
  assert.equal(existed, false);
  assert.deepEqual([topic.partitions.length, topic.replicationFactor], [16, 3]);
  assert.equal(topic.config['cleanupPolicy'], 'compact');
  assert.equal(topic.config['durability'], 'fsync');
  assert.ok(topic.partitions.every(({ leader, minIsr }) => leader !== null && minIsr === 2));
  assert.equal(world.store.contents.list('Topic').length, 0);
  const again = await world.create(REQUEST);
  assert.deepEqual([again.existed, again.topic.topicId], [true, topic.topicId]);
});

test('it can be neither altered nor deleted nor asked for in another shape', async () => {
  const world = new ControllerWorld();
  await world.booted(0);
  await world.create(REQUEST);
  const { controller } = world.active;
  const reference = { topicName: GROUPS_TOPIC.name };
  await assert.rejects(controller.deleteTopic(reference), withCode('UNAUTHORIZED'));
  const change = { reference, partitions: 17, config: {}, configUnset: [], validateOnly: false };
  await assert.rejects(controller.alterTopic(change), withCode('UNAUTHORIZED'));
  const other = { ...REQUEST, partitions: 3 };
  await assert.rejects(world.create(other), withCode('INVALID_TOPIC_NAME'));
});

test('two that ask at once get the same topic', async () => {
  const world = new ControllerWorld();
  await world.booted(0, 1, 2);
  const both = await Promise.all([world.create(REQUEST), world.create(REQUEST)]);
  assert.deepEqual(
    both.map(({ topic }) => topic.topicId),
    [both[0]?.topic.topicId, both[0]?.topic.topicId],
  );
  assert.equal(world.store.contents.list('PartitionAssignment').length, 1);
});
