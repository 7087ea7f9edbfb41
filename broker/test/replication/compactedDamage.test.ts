import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Upkeep } from '../../src/engine/upkeep.ts';
import { silentLogger } from '../../src/io/logger.ts';
import { fillSegments, flipBitOfFirstSegment } from '../cluster/sim/stories/damageStories.ts';
import { copyOf, inSync } from '../cluster/sim/stories/replicaScene.ts';
import { smallLogs } from '../log/directoryWorld.ts';

for (const [id, role] of [
  [0, 'leads'],
  [1, 'follows'],
] as const) {
  test(`a copy that ${role} and that compaction finds damaged starts anew`, async () => {
    const logs = { ...smallLogs, cleanupPolicy: 'compact', minCleanableDirtyRatio: 0 };
    const world = await inSync(new Set(), 3, { minIsr: 1, logs });
    await fillSegments(world);
    const [copy] = copyOf(world, id);
    flipBitOfFirstSegment(world, id);
    const broker = world.broker(id);
    const { directory, replication, clock } = broker;
    assert.ok(directory !== undefined && replication !== undefined);
    const upkeep = new Upkeep({
      clock,
      logger: silentLogger,
      directory,
      partitions: () => [broker.partition()],
      onCorrupt: (partition, error) => replication.corrupt(partition, error),
      retentionCheckMs: 60_000,
      compactionCheckMs: 100,
    });
    upkeep.start();
    await world.until(() => copyOf(world, id)[0] !== copy);
    upkeep.stop();
    await world.until(() => world.isr.length === 3);
    assert.equal(upkeep.compactionFailures, 1);
  });
}
