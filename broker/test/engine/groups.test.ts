import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { partitionRef } from '@millrace/core/assignors/partitionRef';
import { MillraceError } from '@millrace/core/errors';
import { GROUPS_TOPIC } from '@millrace/core/internalTopics';
import type { Engine } from '../../src/engine/engine.ts';
import { smallConfig } from '../log/directoryWorld.ts';
import { EngineWorld } from './engineWorld.ts';

const TOPIC = { replicationFactor: 0, config: {}, validateOnly: false };

function join(memberId: string, groupId = 'billing') {
  return {
    groupId,
    memberId,
    instanceId: '',
    clientId: 'test',
    topics: ['orders'],
    pattern: '',
    assignor: '',
    sessionTimeoutMs: 0,
    rebalanceTimeoutMs: 0,
  };
}

/** A coordinator that has just been elected loads first. */
async function loaded<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== 'LOADING') throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

describe('groups on a real log', () => {
  const world = new EngineWorld({
    ...smallConfig,
    journalFileBytes: 4 << 20,
    tailCacheBytes: 4 << 20,
  });
  let engine: Engine;
  before(async () => {
    engine = await world.boot();
    await engine.admin.create({ ...TOPIC, name: 'orders', partitions: 3 });
  });
  after(() => world.remove());

  test('are LOADING before their topic is there', () => {
    assert.throws(() => engine.groups.coordinatorOf('billing'), { code: 'LOADING' });
  });

  test('have members, commits and state that a restart does not take', async () => {
    const { name, partitions } = GROUPS_TOPIC;
    await engine.admin.create({ ...TOPIC, name, partitions });
    const coordinator = engine.groups.coordinatorOf('billing');
    const { assignment } = await loaded(() => coordinator.join(join('m1')));
    assert.equal(assignment?.assigned.length, 3);
    const topicId = engine.topics.byName('orders')?.topicId;
    assert.ok(topicId !== undefined && assignment !== undefined);
    const ref = partitionRef(topicId, 1);
    const offsets = [{ ref, offset: 42, leaderEpoch: 0, metadata: '' }];
    const { memberEpoch } = assignment;
    const reference = { groupId: 'billing', memberId: 'm1', instanceId: '' };
    const commit = { ...reference, memberEpoch, direction: 'forward' as const, offsets };
    const [result] = await coordinator.commit(commit);
    assert.equal(result?.error, undefined);
    engine = await world.boot();
    const again = engine.groups.coordinatorOf('billing');
    const found = await loaded(() => again.fetchOffsets('billing', [ref]));
    assert.equal(found.get(ref)?.offset, 42);
    const summaries = await loaded(() => engine.groups.list());
    assert.deepEqual(
      summaries.map(({ groupId, members }) => [groupId, members]),
      [['billing', 1]],
    );
  });

  test('tell whoever watches a member of its new assignments', async () => {
    const coordinator = engine.groups.coordinatorOf('watched');
    await loaded(() => coordinator.join(join('first', 'watched')));
    const revoked = new Promise<number>((resolve) => {
      const stop = engine.groups.watch('watched', 'first', ({ revoking }) => {
        stop();
        resolve(revoking.length);
      });
    });
    await coordinator.join(join('second', 'watched'));
    assert.equal(await revoked, 1);
  });

  test('follow a topic that grows', async () => {
    const coordinator = engine.groups.coordinatorOf('growing');
    await loaded(() => coordinator.join(join('m', 'growing')));
    const grown = new Promise<number>((resolve) => {
      engine.groups.watch('growing', 'm', ({ assigned }) => resolve(assigned.length));
    });
    await engine.admin.alter({
      reference: { topicName: 'orders' },
      partitions: 5,
      config: {},
      configUnset: [],
      validateOnly: false,
    });
    assert.equal(await grown, 5);
  });

  test('are not written to by clients', async () => {
    const error = await new Promise<MillraceError | undefined>((resolve) => {
      const records = [{ key: 'k', value: 'v', timestamp: 1 }];
      const entry = {
        topicName: GROUPS_TOPIC.name,
        partition: 0,
        records,
        batches: Buffer.alloc(0),
      };
      const request = { acks: 'all' as const, deadlineMs: 0, entries: [entry] };
      engine.producing.append(request, {
        result: (result) => resolve(result.error),
        released() {},
      });
    });
    assert.equal(error?.code, 'UNAUTHORIZED');
  });
});
