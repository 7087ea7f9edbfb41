import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerId, Offset } from '@millrace/core/ids';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { Fetch, LeaderLog } from '../../src/replication/fetchVerdict.ts';
import { LeaderState } from '../../src/replication/leaderState.ts';
import type { ReplicationRule } from '../../src/replication/replicationRules.ts';

const SELF: CopyName = '0:000000000000';
const A: CopyName = '1:aaaaaaaaaaaa';
const B: CopyName = '2:bbbbbbbbbbbb';
const EPOCH = 5;
const LAG_MS = 10_000;

function statusOf(isr: readonly CopyName[], rest: Partial<PartitionStatus> = {}): PartitionStatus {
  return {
    p: 0,
    initialized: true,
    replicas: [0, 1, 2] as BrokerId[],
    adding: [],
    leader: `${SELF}:0b0b0b0b0b0b`,
    isr,
    eligible: [],
    leaderEpoch: EPOCH,
    epoch: 10,
    minIsr: 2,
    uncleanEpoch: -1,
    ...rest,
  };
}

interface World {
  readonly state: LeaderState;
  readonly status: PartitionStatus;
  end: number;
  nowMs: number;
  /** Epochs of the leader's log: [epoch, start]. */
  epochs: [number, number][];
  logStart: number;
}

function world(
  isr: readonly CopyName[],
  options: { rest?: Partial<PartitionStatus>; end?: number; off?: ReplicationRule } = {},
): World {
  const status = statusOf(isr, options.rest);
  const end = options.end ?? 100;
  const state = new LeaderState({
    self: SELF,
    status,
    epochStart: end as Offset,
    highWatermark: 50 as Offset,
    minIsr: status.minIsr,
    nowMs: 0,
    replicaLagMsMax: LAG_MS,
    rulesOff: new Set(options.off === undefined ? [] : [options.off]),
  });
  const epochs: [number, number][] = [
    [1, 0],
    [4, 60],
  ];
  return { state, status, end, nowMs: 0, epochs, logStart: 0 };
}

function logOf(it: World): LeaderLog {
  return {
    logStart: it.logStart as Offset,
    readableEnd: it.end as Offset,
    endOfEpoch: (epoch) => {
      const next = it.epochs.findIndex(([start]) => start > epoch);
      const found = next === -1 ? it.epochs.at(-1) : it.epochs[next - 1];
      const endOffset = next === -1 ? it.end : it.epochs[next]?.[1];
      return { epoch: found?.[0] ?? -1, endOffset: endOffset as Offset };
    },
  };
}

function fetch(
  it: World,
  copy: CopyName,
  at: number,
  rest: Partial<Record<keyof Fetch, number | string>> = {},
) {
  const whole = {
    leaderEpoch: EPOCH,
    fetchOffset: at,
    durableEnd: at,
    lastFetchedEpoch: 4,
    bootId: 'b00b00b00b00',
    ...rest,
  };
  return it.state.fetch({ ...whole, copy } as Fetch, logOf(it), it.nowMs);
}

function watermark(it: World, ownEnd = it.end): number {
  it.state.advance(ownEnd as Offset);
  return it.state.highWatermark;
}

for (const [what, at, rest, expected] of [
  ['of an older epoch is fenced', 100, { leaderEpoch: 4 }, { code: 'FENCED' }],
  ['of a newer epoch is not known yet', 100, { leaderEpoch: 6 }, { code: 'UNKNOWN_EPOCH' }],
  ['at the end of the same log passes', 100, {}, undefined],
  ['inside the same log passes', 70, {}, undefined],
  ['of an empty log passes', 0, { lastFetchedEpoch: -1 }, undefined],
  [
    'past the end of its epoch diverged',
    61,
    { lastFetchedEpoch: 1 },
    { code: 'DIVERGED', epoch: 1, endOffset: 60 },
  ],
  [
    'with an epoch that the leader never had diverged',
    70,
    { lastFetchedEpoch: 3 },
    { code: 'DIVERGED', epoch: 1, endOffset: 60 },
  ],
  ['past the end of the log diverged', 101, {}, { code: 'DIVERGED', epoch: 4, endOffset: 100 }],
  [
    'of an empty log past the end diverged',
    101,
    { lastFetchedEpoch: -1 },
    { code: 'DIVERGED', epoch: EPOCH, endOffset: 100 },
  ],
] as const) {
  test(`a fetch ${what}`, () => {
    assert.deepEqual(fetch(world([SELF, A, B]), A, at, rest), expected);
  });
}

test('a fetch below the log start is reset, whatever its epoch', () => {
  const it = world([SELF, A, B]);
  it.logStart = 30;
  assert.deepEqual(fetch(it, A, 20, { lastFetchedEpoch: 1 }), { code: 'RESET', logStart: 30 });
  assert.deepEqual(fetch(it, A, 29, { lastFetchedEpoch: -1 }), { code: 'RESET', logStart: 30 });
});

test('a fetch of a broker that holds no replica is refused', () => {
  const it = world([SELF, A], { rest: { replicas: [0, 1] as BrokerId[] } });
  assert.deepEqual(fetch(it, B, 100), { code: 'UNKNOWN_COPY' });
});

test('a leader judges nobody before followers could have from it what it held when it was elected', () => {
  const it = world([SELF, A]);
  it.end = 90;
  assert.deepEqual(fetch(it, A, 100), { code: 'UNKNOWN_EPOCH' });
  it.end = 100;
  assert.equal(fetch(it, A, 100), undefined);
});

test('a durable end that goes back within an epoch has regressed', () => {
  const it = world([SELF, A]);
  assert.equal(fetch(it, A, 100), undefined);
  assert.deepEqual(fetch(it, A, 100, { durableEnd: 99, bootId: 'b00b00b00b01' }), {
    code: 'REGRESSED',
  });
  const off = world([SELF, A], { off: 'durable-end-never-falls' });
  assert.equal(fetch(off, A, 100), undefined);
  assert.equal(fetch(off, A, 100, { durableEnd: 99, bootId: 'b00b00b00b01' }), undefined);
});

test('a position that was overtaken on another stream moves nothing and is asked for again', () => {
  const it = world([SELF, A]);
  fetch(it, A, 100);
  assert.deepEqual(fetch(it, A, 100, { durableEnd: 99 }), { code: 'UNKNOWN_EPOCH' });
  assert.equal(it.state.follower(A)?.durableEnd, 100);
});

test('the high watermark is the slowest durable end of the ISR, the own one included', () => {
  const it = world([SELF, A, B]);
  it.end = 120;
  fetch(it, A, 110);
  fetch(it, B, 115, { durableEnd: 105 });
  assert.equal(watermark(it), 105);
  assert.equal(watermark(it, 100), 105, 'it never goes back');
  fetch(it, B, 115);
  assert.equal(watermark(it, 107), 107);
});

test('a member that has not fetched in this epoch blocks the high watermark', () => {
  const it = world([SELF, A, B]);
  fetch(it, A, 100);
  assert.equal(watermark(it), 50);
  assert.equal(it.state.isSettled, false);
  fetch(it, B, 100);
  assert.equal(watermark(it), 100);
  assert.equal(it.state.isSettled, true);
  const off = world([SELF, A, B], { off: 'unheard-member-blocks' });
  fetch(off, A, 100);
  assert.equal(watermark(off), 100);
});

test('the high watermark stands still while fewer than the minimum are in sync', () => {
  const it = world([SELF], { rest: { minIsr: 2 } });
  assert.equal(watermark(it), 50);
  assert.equal(it.state.isUnderMinIsr, true);
  it.state.setMinIsr(1);
  assert.equal(watermark(it), 100);
});

test('a copy that is proposed counts from sending, one that is proposed to leave counts until it has left', () => {
  const it = world([SELF, A]);
  it.end = 110;
  fetch(it, A, 110);
  assert.equal(watermark(it), 110);
  assert.equal(fetch(it, B, 105), undefined);
  assert.equal(it.state.nextChange(0), undefined, 'below the high watermark it may not join');
  fetch(it, B, 110);
  const change = it.state.nextChange(0);
  assert.deepEqual(change, { leaderEpoch: EPOCH, epoch: 10, isr: [SELF, A, B] });
  it.end = 120;
  fetch(it, A, 120);
  assert.equal(watermark(it), 110);
  fetch(it, B, 115);
  assert.equal(watermark(it), 115);
});

test('a follower that is behind for longer than the limit leaves, with one that keeps up staying', () => {
  const it = world([SELF, A, B]);
  for (let ms = 0; ms <= 20_000; ms += 2000) {
    it.nowMs = ms;
    it.end = 100 + ms / 100;
    fetch(it, A, it.end - 1);
    fetch(it, B, 100);
    it.state.tick(it.end as Offset, ms);
    if (ms <= LAG_MS) assert.equal(it.state.nextChange(ms), undefined, `${ms}`);
  }
  assert.deepEqual(it.state.nextChange(20_000)?.isr, [SELF, A]);
});

test('a follower that is idle with its leader stays, and has its time once records come', () => {
  const it = world([SELF, A]);
  fetch(it, A, 100);
  for (let ms = 0; ms <= 60_000; ms += 2500) it.state.tick(100 as Offset, ms);
  it.end = 101;
  it.state.tick(101 as Offset, 62_500);
  assert.equal(it.state.nextChange(62_500), undefined);
});

test('after a pause of the leader itself nobody leaves at once', () => {
  const it = world([SELF, A]);
  fetch(it, A, 100);
  it.state.tick(100 as Offset, 0);
  it.end = 200;
  it.state.tick(200 as Offset, 60_000);
  assert.equal(it.state.nextChange(60_000), undefined);
});

test('a member whose broker fetches under another copy leaves at once, and the other joins only by itself', () => {
  const it = world([SELF, A]);
  fetch(it, A, 100);
  const minted: CopyName = '1:cccccccccccc';
  assert.equal(fetch(it, minted, 0, { lastFetchedEpoch: -1 }), undefined);
  assert.equal(it.state.follower(A)?.durableEnd, 100, 'what the old copy held is not the new one');
  const change = it.state.nextChange(0);
  assert.deepEqual(change?.isr, [SELF]);
  it.state.applyStatus(statusOf([SELF], { epoch: 11 }), 0);
  assert.equal(it.state.nextChange(0), undefined);
  fetch(it, minted, 100);
  assert.deepEqual(it.state.nextChange(0)?.isr, [SELF, minted]);
});

test('only a state with a greater partition epoch settles a change that was sent again', () => {
  const it = world([SELF, A]);
  fetch(it, A, 100);
  watermark(it);
  fetch(it, B, 100);
  const change = it.state.nextChange(0);
  assert.ok(change !== undefined);
  assert.equal(it.state.nextChange(0), undefined, 'one in flight');
  it.state.answered(change, 'lost', 0);
  assert.equal(it.state.nextChange(0), undefined, 'not at once');
  assert.equal(it.state.nextChange(1000), change, 'the identical one');
  it.state.answered(change, { code: 'INELIGIBLE' }, 1000);
  it.end = 110;
  fetch(it, A, 110);
  assert.equal(watermark(it), 100, 'the first sending may still land');
  it.state.applyStatus(statusOf([SELF, A]), 1000);
  assert.equal(watermark(it), 100, 'the same epoch settles nothing');
  it.state.applyStatus(statusOf([SELF, A], { epoch: 11 }), 1000);
  assert.equal(watermark(it), 110);
});

test('a refusal settles what was sent once, and nothing is proposed for a while', () => {
  const it = world([SELF, A]);
  fetch(it, A, 100);
  fetch(it, B, 100);
  const change = it.state.nextChange(0);
  assert.ok(change !== undefined);
  it.state.answered(change, { code: 'INELIGIBLE' }, 0);
  it.end = 110;
  fetch(it, A, 110);
  assert.equal(watermark(it), 110);
  fetch(it, B, 110);
  assert.equal(it.state.nextChange(10), undefined);
  assert.deepEqual(it.state.nextChange(1000)?.isr, [SELF, A, B]);
});

test('a change that was accepted stays proposed until the state says so', () => {
  const it = world([SELF, A]);
  fetch(it, A, 100);
  fetch(it, B, 100);
  const change = it.state.nextChange(0);
  assert.ok(change !== undefined);
  it.state.answered(change, { code: 'OK', epoch: 11 }, 0);
  assert.equal(it.state.hasPending, true);
  it.state.applyStatus(statusOf([SELF, A, B], { epoch: 11 }), 0);
  assert.equal(it.state.hasPending, false);
  assert.deepEqual(it.state.isr, [SELF, A, B]);
});
