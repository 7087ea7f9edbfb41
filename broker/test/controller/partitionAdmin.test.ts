import assert from 'node:assert/strict';
import test from 'node:test';
import type { BrokerId } from '@millrace/core/ids';
import { withCode } from '../store/storedExamples.ts';
import { brokerIds, ControllerWorld } from './controllerWorld.ts';

async function movable() {
  const world = new ControllerWorld();
  await world.booted(0, 1, 2, 3);
  const { topic } = await world.create({ partitions: 2 });
  const reassign = (partition: number, replicas: readonly BrokerId[] | null) =>
    world.settle(
      world.active.controller.reassign([
        { reference: { topicId: topic.topicId }, partition, replicas },
      ]),
    );
  return { world, topic, reassign };
}

test('a reassignment is listed from the wish on, while it copies, and until it is cancelled', async () => {
  const { world, topic, reassign } = await movable();
  assert.deepEqual(world.active.controller.reassignments(), []);
  const before = topic.partitions[1]?.replicas ?? [];
  const spare = brokerIds(0, 1, 2, 3).find((id) => !before.includes(id));
  assert.ok(spare !== undefined);
  const wanted = [spare, ...before.slice(1)];
  await reassign(1, wanted);
  const [pending, ...others] = world.active.controller.reassignments();
  assert.deepEqual(others, []);
  assert.deepEqual(
    [pending?.topicId, pending?.topicName, pending?.status.p, pending?.wanted],
    [topic.topicId, topic.name, 1, wanted],
  );
  await world.until('it copies', () => {
    const [copying] = world.active.controller.reassignments();
    return copying?.status.adding.join() === String(spare);
  });
  await reassign(1, null);
  await world.until('none is left', () => world.active.controller.reassignments().length === 0);
  assert.deepEqual(world.statuses()[1]?.replicas, before);
});

test('fewer replicas than must be in sync are refused: such a reassignment would never end', async () => {
  const { world, topic, reassign } = await movable();
  const before = topic.partitions[0]?.replicas ?? [];
  await assert.rejects(reassign(0, before.slice(0, 1)), withCode('INVALID_REQUEST', 'not-applied'));
  assert.deepEqual(world.active.controller.reassignments(), []);
  await reassign(0, before.slice(0, 2));
  await world.until('two are enough', () => world.statuses()[0]?.replicas.length === 2);
});
