/** One copy of a broker is gone or can't be read: its partition is offline, everything else serves. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { MillraceError } from '@millrace/core/errors';
import type { Engine } from '../../src/engine/engine.ts';
import { until } from '../process/until.ts';
import { EngineWorld } from './engineWorld.ts';

const config = { batchBytesMax: '4096', segmentBytesMax: '8192' };
const asked = { name: 't', partitions: 2, replicationFactor: 0, config, validateOnly: false };

const LOSSES: Readonly<Record<string, (directory: string) => void>> = {
  removed: (directory) => rmSync(directory, { recursive: true }),
  'emptied by hand': (directory) => {
    for (const name of readdirSync(directory)) rmSync(join(directory, name));
  },
  damaged: (directory) => {
    writeFileSync(join(directory, 'partition.json'), '{');
    writeFileSync(join(directory, `${'0'.repeat(20)}.log`), 'segments that nobody can name');
  },
};

describe('a copy that is lost', () => {
  let world: EngineWorld;
  let engine: Engine;
  beforeEach(async () => {
    world = new EngineWorld();
    engine = await world.boot();
  });
  afterEach(() => world.remove());

  /** By partition, why it serves nobody. */
  const offline = (name: string): (string | undefined)[] => {
    const topic = engine.topics.resolve({ topicName: name });
    return topic.statuses.map(({ p }) => {
      try {
        return engine.topics.partition(topic, p).offline?.code;
      } catch (error) {
        return (error as MillraceError).code;
      }
    });
  };
  const becomes = (name: string, wanted: readonly (string | undefined)[]): Promise<void> =>
    until(
      () => wanted.every((code, partition) => offline(name)[partition] === code),
      `${name} becomes ${wanted.join()}`,
    );

  async function lose(lose: (directory: string) => void, durability: string): Promise<string> {
    await engine.admin.create({ ...asked, name: 'other' });
    const { topic } = await engine.admin.create({
      ...asked,
      config: { ...config, durability },
    });
    const directory = join(world.topicsDirectory, topic.topicId, '0');
    await world.crash();
    lose(directory);
    engine = await world.boot();
    return directory;
  }

  it('and finds no space for the one in its place is made later, each time after a longer while', async () => {
    const { topic } = await engine.admin.create(asked);
    const directory = join(world.topicsDirectory, topic.topicId, '0');
    await world.crash();
    rmSync(directory, { recursive: true });
    const { storage } = world;
    const { refusals } = storage;
    storage.fullAt = 'partition.json';
    engine = await world.boot();
    // Each state that comes at a boot is one more reason to try.
    await until(
      () => refusals.some((ms, index) => ms - (refusals[index - 1] ?? ms) >= 400),
      'it has waited twice',
    );
    assert.ok(refusals.length < 20, `${refusals.length} times`);
    storage.fullAt = undefined;
    await until(() => existsSync(directory), 'the copy is made');
  });

  for (const [how, loss] of Object.entries(LOSSES)) {
    it(`of fsync that was ${how} takes its partition offline, at every boot, and nothing else`, async () => {
      await lose(loss, 'fsync');
      for (let boot = 0; boot < 3; boot++) {
        assert.deepEqual(offline('other'), [undefined, undefined]);
        await becomes('t', ['PARTITION_OFFLINE', undefined]);
        engine = await world.boot();
      }
    });

    it(`and was ${how} goes with its topic, which can be created again`, async () => {
      const directory = await lose(loss, 'fsync');
      await engine.admin.delete({ topicName: 't' });
      await until(() => !existsSync(join(directory, '..')), 'the directory goes');
      assert.equal((await engine.admin.create(asked)).existed, false);
      assert.deepEqual(offline('t'), [undefined, undefined]);
      engine = await world.boot();
      assert.deepEqual(offline('t'), [undefined, undefined]);
    });
  }

  it('of async that was removed is led again, by unclean election', async () => {
    await lose((directory) => rmSync(directory, { recursive: true }), 'async');
    await becomes('t', [undefined, undefined]);
  });

  it('of async that was damaged is not led, for what its segments hold is not known', async () => {
    await lose((directory) => LOSSES.damaged?.(directory), 'async');
    await becomes('t', ['PARTITION_OFFLINE', undefined]);
  });
});
