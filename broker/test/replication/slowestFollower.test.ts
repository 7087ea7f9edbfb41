import { test } from 'node:test';
import { ReplicaWorld } from './replicaWorld.ts';

test('a leader knows how far the slowest of its connected followers has fetched', async () => {
  const world = await ReplicaWorld.start(3, { minIsr: 1 });
  const leader = world.broker(0);
  const slowest = (): number | undefined => leader.partition().link?.slowestFollower;
  leader.append('all have it');
  await world.until(() => slowest() === 1);

  // Who is away does not count: a tombstone that goes meanwhile costs it its copy.
  world.network.cut(0, 2);
  leader.append('one of them has it', 'leader');
  await world.until(() => slowest() === 2);
  world.network.cut(0, 1);
  await world.until(() => slowest() === undefined);
});
