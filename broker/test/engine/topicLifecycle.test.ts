import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { MillraceError } from '@millrace/core/errors';
import type { Engine } from '../../src/engine/engine.ts';
import { until } from '../process/until.ts';
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
  /** What is being deleted may keep the name a moment longer. */
  const createdAnew = async (): Promise<{ existed: boolean }> => {
    let existed: boolean | undefined;
    await until(async () => {
      try {
        ({ existed } = await engine.admin.create(asked));
      } catch (error) {
        assert.equal((error as MillraceError).code, 'CONFLICT');
      }
      return existed !== undefined;
    }, 'the name is free');
    return { existed: existed ?? true };
  };
  const partitions = (): number | undefined => engine.topics.byName('t')?.partitions.length;

  it('a batch limit that the journal can not take is refused before anything is stored', async () => {
    const tooLarge = { batchBytesMax: '1048576', segmentBytesMax: '1048576' };
    // Not even to be undone again.
    world.failAfter.set('create', 0);
    await assert.rejects(engine.admin.create({ ...asked, config: tooLarge }), {
      code: 'INVALID_CONFIG',
    });
    world.failAfter.clear();
    await engine.admin.create(asked);
    await assert.rejects(engine.admin.alter({ ...grown, partitions: 0, config: tooLarge }), {
      code: 'INVALID_CONFIG',
    });
    await reboot();
    assert.equal(engine.topics.byName('t')?.config.batchBytesMax, 4096);
  });

  it('a topic whose copies find no space is not there, and can be created once there is', async () => {
    world.storage.fullAt = 'partition.json';
    const refused = { code: 'DISK_FULL', outcome: 'not-applied' };
    await assert.rejects(engine.admin.create(asked), refused);
    await assert.rejects(engine.admin.create(asked), refused);
    await assert.rejects(engine.admin.delete({ topicName: 't' }), { code: 'UNKNOWN_TOPIC' });
    world.storage.fullAt = undefined;
    await engine.admin.create(asked);
    assert.equal(partitions(), 2);
  });

  it('a topic whose copies find no space leaves no directory', async () => {
    world.storage.fullAt = 'partition.json';
    await assert.rejects(engine.admin.create(asked), { code: 'DISK_FULL' });
    await until(() => readdirSync(world.topicsDirectory).length === 0, 'the directory goes');
  });

  for (const deletes of [0, 1, 2]) {
    it(`a deletion that stops after ${deletes} deletes in the store frees the name at the next boot`, async () => {
      await engine.admin.create({ ...asked, partitions: 201 });
      world.failAfter.set('delete', deletes);
      await engine.admin.delete({ topicName: 't' }).catch(() => undefined);
      await reboot();
      assert.equal(partitions(), undefined);
      assert.deepEqual(await createdAnew(), { existed: false });
      assert.equal(partitions(), 2);
    });
  }

  it('partitions that found no space are added once, however often it is asked for', async () => {
    await engine.admin.create(asked);
    world.storage.fullAt = 'partition.json';
    const refused = { code: 'DISK_FULL', outcome: 'applied' };
    await assert.rejects(engine.admin.alter({ ...grown, partitions: 4 }), refused);
    world.storage.fullAt = undefined;
    await engine.admin.alter({ ...grown, partitions: 4 });
    assert.equal(partitions(), 4);
    await reboot();
    assert.equal(partitions(), 4);
  });

  it('an alteration that fails between two chunks leaves no gap, and is finished by a repeated request', async () => {
    await engine.admin.create(asked);
    world.failAfter.set('create', 0);
    await assert.rejects(engine.admin.alter({ ...grown, partitions: 201 }));
    await reboot();
    assert.equal(partitions(), 200);
    await engine.admin.alter({ ...grown, partitions: 201 });
    assert.equal(partitions(), 201);
  });

  it('logs that a full disk left with the configuration of before have that of the topic at the next boot', async () => {
    const lax = { ...config, durability: 'async' };
    await engine.admin.create({ ...asked, config: lax });
    world.storage.fullAt = 'partition.json';
    const strict = { ...grown, partitions: 0, config: { durability: 'fsync' } };
    await engine.admin.alter(strict);
    await reboot();
    const topic = engine.topics.byName('t');
    assert.equal(topic?.config.durability, 'fsync');
    const isStrict = (): boolean =>
      topic.partitions.every((partition) => partition?.log.config.durability === 'fsync');
    await until(isStrict, 'every log has it');
  });
});
