import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Engine } from '../../src/engine/engine.ts';
import { EngineWorld } from './engineWorld.ts';

const config = { batchBytesMax: '4096', segmentBytesMax: '8192' };
const asked = { name: 't', partitions: 2, replicationFactor: 0, config, validateOnly: false };
const grown = { reference: { topicName: 't' }, config: {}, configUnset: [], validateOnly: false };

describe('the life of topics', () => {
  let world: EngineWorld;
  let engine: Engine;
  beforeEach(async () => {
    world = new EngineWorld();
    engine = await world.boot();
  });
  afterEach(() => world.remove());
  const reboot = async (): Promise<void> => {
    world.failAfter.clear();
    world.storage.fullAt = undefined;
    engine = await world.boot();
  };
  const partitions = (): number | undefined => engine.topics.byName('t')?.partitions.length;

  it('a batch limit that the journal can not take is refused before anything is stored', async () => {
    const tooLarge = { batchBytesMax: '1048576', segmentBytesMax: '1048576' };
    // Not even to be undone again.
    world.failAfter.set('create', 0);
    await assert.rejects(engine.lifecycle.create({ ...asked, config: tooLarge }), {
      code: 'INVALID_CONFIG',
    });
    world.failAfter.clear();
    await engine.lifecycle.create(asked);
    await assert.rejects(engine.lifecycle.alter({ ...grown, partitions: 0, config: tooLarge }), {
      code: 'INVALID_CONFIG',
    });
    await reboot();
    assert.equal(engine.topics.byName('t')?.config.batchBytesMax, 4096);
  });

  it('a topic whose copies find no space is not there, and can be created once there is', async () => {
    world.storage.fullAt = 'partition.json';
    const refused = { code: 'DISK_FULL', outcome: 'not-applied' };
    await assert.rejects(engine.lifecycle.create(asked), refused);
    await assert.rejects(engine.lifecycle.create(asked), refused);
    await assert.rejects(engine.lifecycle.delete({ topicName: 't' }), { code: 'UNKNOWN_TOPIC' });
    world.storage.fullAt = undefined;
    await engine.lifecycle.create(asked);
    assert.equal(partitions(), 2);
  });

  it('a topic whose copies find no space leaves no directory', async () => {
    world.storage.fullAt = 'partition.json';
    await assert.rejects(engine.lifecycle.create(asked), { code: 'DISK_FULL' });
    assert.deepEqual(readdirSync(world.topicsDirectory), []);
  });

  it('a topic that could neither be brought up nor undone is finished by the next request', async () => {
    // The status of its partitions, and the tombstone.
    world.failAfter.set('update', 0);
    await assert.rejects(engine.lifecycle.create(asked), { outcome: 'unknown' });
    await assert.rejects(engine.lifecycle.create(asked));
    world.failAfter.clear();
    assert.deepEqual((await engine.lifecycle.create(asked)).existed, true);
    assert.equal(partitions(), 2);
  });

  it('a topic that could neither be brought up nor undone can be deleted', async () => {
    world.failAfter.set('update', 0);
    await assert.rejects(engine.lifecycle.create(asked), { outcome: 'unknown' });
    world.failAfter.clear();
    await engine.lifecycle.delete({ topicName: 't' });
    assert.deepEqual((await engine.lifecycle.create(asked)).existed, false);
    await reboot();
    assert.equal(partitions(), 2);
  });

  it('a topic that no boot can finish keeps the others', async () => {
    await engine.lifecycle.create({ ...asked, name: 'other' });
    world.failAfter.set('update', 0);
    await assert.rejects(engine.lifecycle.create({ ...asked, partitions: 1 }));
    await assert.rejects(engine.lifecycle.alter({ ...grown, partitions: 3 }));
    world.failAfter.clear();
    await engine.lifecycle.create(asked).catch(() => undefined);
    await reboot();
    assert.ok(engine.topics.byName('other') !== undefined);
  });

  for (const deletes of [0, 1, 2]) {
    it(`a deletion that stops after ${deletes} deletes in the store frees the name at the next boot`, async () => {
      await engine.lifecycle.create({ ...asked, partitions: 201 });
      world.failAfter.set('delete', deletes);
      await assert.rejects(engine.lifecycle.delete({ topicName: 't' }));
      await reboot();
      assert.equal(partitions(), undefined);
      assert.deepEqual((await engine.lifecycle.create(asked)).existed, false);
      assert.equal(partitions(), 2);
    });

    it(`a deletion that stops after ${deletes} deletes in the store is finished by a repeated request`, async () => {
      await engine.lifecycle.create({ ...asked, partitions: 201 });
      world.failAfter.set('delete', deletes);
      await assert.rejects(engine.lifecycle.delete({ topicName: 't' }));
      world.failAfter.clear();
      await engine.lifecycle.delete({ topicName: 't' });
      await assert.rejects(engine.lifecycle.delete({ topicName: 't' }), { code: 'UNKNOWN_TOPIC' });
      assert.deepEqual((await engine.lifecycle.create(asked)).existed, false);
    });
  }

  it('partitions that found no space are added once, however often it is asked for', async () => {
    await engine.lifecycle.create(asked);
    world.storage.fullAt = 'partition.json';
    for (let attempt = 0; attempt < 2; attempt++) {
      await assert.rejects(engine.lifecycle.alter({ ...grown, partitions: 4 }), {
        code: 'DISK_FULL',
        outcome: 'unknown',
      });
    }
    world.storage.fullAt = undefined;
    await engine.lifecycle.alter({ ...grown, partitions: 4 });
    assert.equal(partitions(), 4);
    await reboot();
    assert.equal(partitions(), 4);
  });

  it('an alteration that fails between two chunks leaves no gap, and is finished by a repeated request', async () => {
    await engine.lifecycle.create(asked);
    world.failAfter.set('create', 0);
    await assert.rejects(engine.lifecycle.alter({ ...grown, partitions: 201 }));
    await reboot();
    assert.equal(partitions(), 200);
    await engine.lifecycle.alter({ ...grown, partitions: 201 });
    assert.equal(partitions(), 201);
  });

  it('logs that a crash left with the configuration of before have that of the topic at the next boot', async () => {
    const lax = { ...config, durability: 'async' };
    await engine.lifecycle.create({ ...asked, config: lax });
    world.storage.fullAt = 'partition.json';
    const strict = { ...grown, partitions: 0, config: { durability: 'fsync' } };
    await assert.rejects(engine.lifecycle.alter(strict), { code: 'DISK_FULL' });
    await reboot();
    const topic = engine.topics.byName('t');
    assert.equal(topic?.config.durability, 'fsync');
    for (const { log } of topic.partitions) assert.equal(log.config.durability, 'fsync');
  });
});
