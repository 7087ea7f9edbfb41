/** Lag of all groups of a coordinator in rounds, with leaders that the test answers for. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import { millraceError } from '@millrace/core/errors';
import { GroupLags } from '../../src/engine/lag/groupLags.ts';
import type { PositionQuestions } from '../../src/engine/lag/positionInquiry.ts';
import type { GroupLagReport } from '../../src/groups/lag/groupLag.ts';
import type { PositionsTold } from '../../src/groups/lag/positionsTold.ts';
import { silentLogger } from '../../src/io/logger.ts';
import { GroupWorld, ref, TestMember } from '../groups/groupWorld.ts';

const INTERVAL_MS = 10_000;

/** A record each ten milliseconds, from the beginning of time on. */
const timeOf = (offset: number): number => offset * 10;

class LagWorld extends GroupWorld {
  readonly ordersId = this.topics.put('orders', 2);
  readonly asked: PositionQuestions[] = [];
  /** By partition; all begin at 0. */
  readonly ends = new Map<PartitionRef, number>();
  term = '0:1';
  isReachable = true;
  /** Leaders answer once it resolves. */
  held: Promise<void> | undefined;
  readonly lags: GroupLags;

  constructor(partitionsMax = 100) {
    super();
    const ask = async (questions: PositionQuestions, told: PositionsTold): Promise<void> => {
      this.asked.push(questions);
      await this.held;
      for (const [at, offsets] of questions) {
        const end = this.ends.get(at) ?? 0;
        if (this.isReachable) told.tell(at, { logStart: 0, end });
        else told.tell(at, millraceError('UNAVAILABLE', 'nobody there'));
        for (const offset of offsets) {
          if (this.isReachable && offset < end) told.tellTime(at, offset, timeOf(offset));
        }
      }
    };
    this.lags = new GroupLags({
      led: () => [{ term: this.term, coordinator: this.coordinator }],
      inquiry: { ask },
      clock: this.clock,
      logger: silentLogger,
      intervalMs: INTERVAL_MS,
      partitionsMax,
    });
    this.lags.start();
  }

  static async loaded(partitionsMax?: number): Promise<LagWorld> {
    const world = new LagWorld(partitionsMax);
    await world.settled();
    return world;
  }

  at(partition: number): PartitionRef {
    return ref(this.ordersId, partition);
  }

  reports(): GroupLagReport[] {
    return [...this.lags.reports()];
  }

  only(): GroupLagReport {
    const [report] = this.reports();
    assert.ok(report !== undefined);
    return report;
  }

  async round(): Promise<void> {
    await this.pass(INTERVAL_MS, INTERVAL_MS);
  }
}

const LIVELY = { sessionTimeoutMs: 600_000 };

describe('the lag of many groups', () => {
  test('is asked for once a round, each partition once, whatever the number of groups', async () => {
    const world = await LagWorld.loaded();
    for (let at = 0; at < 20; at++) {
      await world.member(`m${at}`, { ...LIVELY, groupId: `g${at}` });
    }
    await world.round();
    assert.equal(world.asked.length, 1);
    assert.deepEqual([...(world.asked[0]?.keys() ?? [])], [world.at(0), world.at(1)]);
    assert.equal(world.reports().length, 20);
    assert.ok(world.reports().every(({ verdict }) => verdict === 'OK'));
  });

  test('is unknown, not 0, while a leader does not answer', async () => {
    const world = await LagWorld.loaded();
    world.ends.set(world.at(0), 50);
    const member = await world.member('m', LIVELY);
    await member.commit(world.at(0), 10);
    await world.round();
    assert.deepEqual([world.only().records, world.only().lagMs], [40, world.clock.wallMs() - 100]);
    world.isReachable = false;
    await world.round();
    const { partitions, unknown, verdict } = world.only();
    assert.deepEqual([unknown, verdict], [2, 'UNKNOWN']);
    assert.deepEqual(
      partitions.map(({ records, lagMs, error }) => [records, lagMs, error?.code]),
      [
        [undefined, undefined, 'UNAVAILABLE'],
        [undefined, undefined, 'UNAVAILABLE'],
      ],
    );
  });

  test('asks for the time of a record once: it does not change', async () => {
    const world = await LagWorld.loaded();
    world.ends.set(world.at(0), 50);
    const member = await world.member('m', LIVELY);
    await member.commit(world.at(0), 10);
    await world.round();
    await world.round();
    const wanted = world.asked.map((questions) => [...(questions.get(world.at(0)) ?? [])]);
    assert.deepEqual(wanted, [[10], []]);
    assert.equal(world.only().lagMs, world.clock.wallMs() - 100);
  });

  test('of a stuck owner becomes STALL after a window, and a new coordinator says so at once', async () => {
    const world = await LagWorld.loaded();
    world.ends.set(world.at(0), 50);
    const member = await world.member('m', LIVELY);
    await member.commit(world.at(0), 10);
    const verdicts: string[] = [];
    for (let round = 0; round < 14; round++) {
      await world.round();
      verdicts.push(world.only().verdict);
    }
    assert.deepEqual([verdicts[0], verdicts[10], verdicts.at(-1)], ['UNKNOWN', 'UNKNOWN', 'STALL']);
    world.term = '0:2';
    assert.deepEqual(world.reports(), []);
    world.failOver();
    await world.settled();
    await world.round();
    assert.equal(world.only().verdict, 'STALL');
  });

  test('is the sum of partitions that are subscribed to, with their owners', async () => {
    const world = await LagWorld.loaded();
    world.topics.put('left', 1);
    const before = new TestMember(world, '', {});
    const leftId = world.topics.byName('left')?.topicId;
    assert.ok(leftId !== undefined);
    await before.commit(ref(leftId, 0), 1);
    await before.commit(world.at(1), 2);
    world.ends.set(world.at(1), 9);
    world.ends.set(ref(leftId, 0), 1000);
    await world.round();
    assert.deepEqual([world.only().partitions.length, world.only().records], [2, 1006]);
    await world.member('m', LIVELY);
    await world.round();
    const { partitions, records } = world.only();
    assert.deepEqual(
      partitions.map(({ owner }) => owner),
      ['m', 'm'],
    );
    assert.equal(records, 7);
  });

  test('is kept up for a bounded number of partitions; the rest is measured for who asks', async () => {
    const world = await LagWorld.loaded(5);
    for (const groupId of ['a', 'b', 'c', 'd']) {
      await world.member(`m${groupId}`, { ...LIVELY, groupId });
    }
    await world.round();
    assert.deepEqual([world.reports().length, world.lags.unmeasured], [2, 2]);
    const which = {
      groupIds: new Set(['d']),
      from: '',
      groupsMax: 1,
      partitionsMax: 1,
    };
    const { subjects } = await world.answer(world.coordinator.lagSubjects(which));
    const [report] = await world.answer(world.lags.measured(world.term, subjects));
    assert.deepEqual([report?.groupId, report?.verdict], ['d', 'OK']);
    assert.equal(world.reports().length, 2);
  });

  test('is measured once a second at most, however many ask', async () => {
    const world = await LagWorld.loaded();
    await world.member('m', LIVELY);
    const which = { groupIds: undefined, from: '', groupsMax: 9, partitionsMax: 9 };
    const { subjects } = await world.answer(world.coordinator.lagSubjects(which));
    const asking = [1, 2, 3].map(() => world.lags.measured(world.term, subjects));
    const reports = await world.answer(Promise.all(asking));
    assert.deepEqual(
      reports.map(([report]) => report?.verdict),
      ['OK', 'OK', 'OK'],
    );
    await world.answer(world.lags.measured(world.term, subjects));
    assert.equal(world.asked.length, 1);
    await world.pass(1000);
    await world.answer(world.lags.measured(world.term, subjects));
    assert.equal(world.asked.length, 2);
  });

  test('does not go back because an older look is answered later', async () => {
    const world = await LagWorld.loaded();
    world.ends.set(world.at(0), 50);
    const member = await world.member('m', LIVELY);
    await member.commit(world.at(0), 10);
    const { promise, resolve } = Promise.withResolvers<void>();
    world.held = promise;
    await world.round();
    world.held = undefined;
    await member.commit(world.at(0), 20);
    const which = { groupIds: undefined, from: '', groupsMax: 9, partitionsMax: 9 };
    const { subjects } = await world.answer(world.coordinator.lagSubjects(which));
    await world.answer(world.lags.measured(world.term, subjects));
    resolve();
    await world.settled();
    assert.equal(world.only().records, 30);
    await world.round();
    assert.deepEqual([world.only().records, world.only().verdict], [30, 'UNKNOWN']);
  });

  test('ends with the broker', async () => {
    const world = await LagWorld.loaded();
    await world.member('m', LIVELY);
    world.lags.stop();
    await world.round();
    assert.deepEqual(world.asked, []);
  });
});
