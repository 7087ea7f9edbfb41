/** Lag of groups on a real log: what leaders tell, what is measured of it, and what a restart keeps. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { partitionRef } from '@millrace/core/assignors/partitionRef';
import { MillraceError } from '@millrace/core/errors';
import { GROUPS_TOPIC } from '@millrace/core/internalTopics';
import type { Engine } from '../../src/engine/engine.ts';
import type { GroupLagReport, PartitionLagReport } from '../../src/groups/lag/groupLag.ts';
import { smallConfig } from '../log/directoryWorld.ts';
import { EngineWorld } from './engineWorld.ts';

const TOPIC = { replicationFactor: 0, config: {}, validateOnly: false };
const HOUR_MS = 3_600_000;

/** A coordinator that has just been elected loads first. */
async function loaded<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== 'LOADING') throw error;
      await delay(10);
    }
  }
}

describe('the lag of a group', () => {
  const world = new EngineWorld({
    ...smallConfig,
    journalFileBytes: 4 << 20,
    tailCacheBytes: 4 << 20,
  });
  let engine: Engine;

  before(async () => {
    engine = await world.boot();
    await engine.admin.create({ ...TOPIC, name: 'orders', partitions: 2 });
    const { name, partitions } = GROUPS_TOPIC;
    await engine.admin.create({ ...TOPIC, name, partitions });
  });
  after(() => world.remove());

  function topicId() {
    const id = engine.topics.byName('orders')?.topicId;
    assert.ok(id !== undefined);
    return id;
  }

  function produce(partition: number, timestamps: readonly number[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const records = timestamps.map((timestamp) => ({ key: null, value: 'v', timestamp }));
      const entry = { topicName: 'orders', partition, records, batches: Buffer.alloc(0) };
      const request = { acks: 'all' as const, deadlineMs: 0, entries: [entry] };
      engine.producing.append(request, {
        result: ({ error }) => (error === undefined ? resolve() : reject(error)),
        released() {},
      });
    });
  }

  async function commit(groupId: string, offsets: readonly number[]): Promise<void> {
    const request = {
      groupId,
      memberId: '',
      instanceId: '',
      memberEpoch: 0,
      direction: 'rewind' as const,
      offsets: offsets.map((offset, p) => {
        return { ref: partitionRef(topicId(), p), offset, leaderEpoch: 0, metadata: '' };
      }),
    };
    await loaded(() => engine.groups.coordinatorOf(groupId).commit(request));
  }

  async function lagOf(groupId: string): Promise<GroupLagReport> {
    const report = await loaded(() => engine.groups.lagOf(groupId));
    assert.ok(report !== undefined);
    return report;
  }

  function rows({ partitions }: GroupLagReport): (readonly unknown[])[] {
    return partitions.map(({ records, lagMs, error }: PartitionLagReport) => [
      records,
      lagMs === undefined ? undefined : Math.round(lagMs / HOUR_MS),
      error?.code,
    ]);
  }

  test('is counted in records, and in time by the first that is not committed', async () => {
    const nowMs = Date.now();
    const hoursAgo = (hours: number): number => nowMs - hours * HOUR_MS;
    await produce(0, [hoursAgo(9), hoursAgo(8), hoursAgo(3)]);
    await produce(0, [hoursAgo(5), hoursAgo(1)]);
    await commit('billing', [2, 0]);
    const report = await lagOf('billing');
    assert.deepEqual(rows(report), [
      [3, 3, undefined],
      [0, 0, undefined],
    ]);
    assert.deepEqual([report.records, report.unknown, report.ends], [3, 0, 5]);
    assert.equal(report.verdict, 'UNKNOWN');
    await commit('exact', [3, 0]);
    assert.deepEqual(rows(await lagOf('exact'))[0], [2, 5, undefined]);
  });

  test('of a group that is up to date is 0, and OK', async () => {
    await commit('current', [5, 0]);
    const { verdict, records, lagMs } = await lagOf('current');
    assert.deepEqual([verdict, records, lagMs], ['OK', 0, 0]);
  });

  test('counts from the earliest record where a declared group has not committed', async () => {
    const spec = {
      topics: ['orders'],
      assignor: '' as const,
      sessionTimeoutMs: 0,
      rebalanceTimeoutMs: 0,
      start: { kind: 'earliest' as const },
      pins: [],
      paused: false,
    };
    const declared = { groupId: 'declared', uid: 'u', generation: 1, spec };
    await loaded(() => engine.groups.coordinatorOf('declared').declare(declared));
    assert.deepEqual(rows(await lagOf('declared')), [
      [5, 9, undefined],
      [0, 0, undefined],
    ]);
    const late = { ...spec, start: { kind: 'latest' as const } };
    const other = { ...declared, groupId: 'late', spec: late };
    await loaded(() => engine.groups.coordinatorOf('late').declare(other));
    const report = await lagOf('late');
    assert.deepEqual([report.unknown, report.verdict], [2, 'UNKNOWN']);
  });

  test('of a group that does not exist is nothing', async () => {
    assert.equal(await loaded(() => engine.groups.lagOf('nobody')), undefined);
  });

  test('is made of what leaders answer, many partitions and records at once', async () => {
    const records = Array.from({ length: 5 }, (_, offset) => ({ partition: 0, offset }));
    const query = { topicId: topicId(), partitions: [0, 1, 7], records };
    const { topics } = await engine.groups.positions.answer({ topics: [query] });
    const [answer] = topics ?? [];
    assert.deepEqual(answer?.highWatermarks, [5, 0, -1]);
    assert.deepEqual(
      answer?.timestampsMs?.map((ms) => Math.round((Date.now() - Number(ms)) / HOUR_MS)),
      [9, 8, 3, 5, 1],
    );
    assert.deepEqual(
      answer?.failures?.map(({ error }) => error?.code),
      ['UNKNOWN_PARTITION'],
    );
  });

  test('is asked of leaders within bounds', async () => {
    const partitions = Array.from({ length: 1001 }, (_, p) => p);
    const query = { topicId: topicId(), partitions, records: [] };
    const { positions } = engine.groups;
    await assert.rejects(positions.answer({ topics: [query] }), { code: 'INVALID_REQUEST' });
    const odd = [-1, Number.NaN, 2 ** 60, 1e300].map((offset) => ({ partition: 0, offset }));
    const hostile = { topicId: topicId(), partitions: [0], records: odd };
    const { topics } = await positions.answer({ topics: [hostile] });
    assert.deepEqual(topics?.[0]?.timestampsMs, [-1, -1, -1, -1]);
  });

  test('is neither OK nor gone after a restart', async () => {
    engine = await world.boot();
    const { verdict, records, partitions } = await lagOf('billing');
    assert.deepEqual([verdict, records, partitions[0]?.verdict], ['UNKNOWN', 3, 'UNKNOWN']);
    assert.equal((await lagOf('current')).verdict, 'OK');
  });
});
