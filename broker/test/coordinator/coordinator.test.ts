import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MillraceError, millraceError } from '@millrace/core/errors';
import { Coordinator } from '../../src/coordinator/coordinator.ts';
import type { CoordinatorRulesOff } from '../../src/coordinator/coordinatorRules.ts';
import type { Operation, StateMachine } from '../../src/coordinator/stateMachine.ts';
import { ManualClock } from '../engine/manualClock.ts';
import { type LeaderLog, LogWorld, notLeader } from './logWorld.ts';

type Counts = Map<string, number>;
type Count = { readonly name: string; readonly value: number } | 'barrier';

/** Named counters; a name `bad` in the log cannot be read. */
class Counters implements StateMachine<Counts, Count> {
  readonly barrier = 'barrier';
  readonly told: Count[] = [];
  due: Count[] = [];
  initial(): Counts {
    return new Map();
  }
  encode(record: Count): { key: Buffer; value: Buffer | null } {
    if (record === 'barrier') return { key: Buffer.alloc(1), value: null };
    return { key: Buffer.from(record.name), value: Buffer.from(String(record.value)) };
  }
  decode(key: Buffer | null, value: Buffer | null): Count | undefined {
    const name = key?.toString() ?? '';
    if (name === 'bad') throw millraceError('CORRUPT_STATE', 'bad');
    return value === null ? undefined : { name, value: Number(value) };
  }
  replay(state: Counts, record: Count): void {
    if (record !== 'barrier') state.set(record.name, record.value);
  }
  loaded(): void {}
  settle(_state: Counts, write: (record: Count) => void): 'settled' {
    for (const record of this.due.splice(0)) write(record);
    return 'settled';
  }
  committed(records: readonly Count[]): void {
    this.told.push(...records);
  }
}

const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

interface Leader {
  readonly log: LeaderLog;
  readonly machine: Counters;
  readonly clock: ManualClock;
  readonly coordinator: Coordinator<Counts, Count>;
}

function lead(world: LogWorld, kept = 0, rulesOff?: CoordinatorRulesOff): Leader {
  const log = world.elect(kept);
  const machine = new Counters();
  const clock = new ManualClock();
  const parts = { log, machine, clock, logger: QUIET, ...(rulesOff && { rulesOff }) };
  const coordinator = new Coordinator(parts);
  coordinator.lead();
  return { log, machine, clock, coordinator };
}

/** Lets promises and ticks go on; no time passes. */
async function settled(...leaders: readonly Leader[]): Promise<void> {
  for (let round = 0; round < 20; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const { clock } of leaders) clock.tick();
  }
}

async function active(world: LogWorld, kept = 0, rulesOff?: CoordinatorRulesOff): Promise<Leader> {
  const leader = lead(world, kept, rulesOff);
  await settled(leader);
  leader.clock.pass(0);
  await settled(leader);
  assert.ok(leader.coordinator.isActive);
  return leader;
}

function add(name: string): Operation<Counts, Count, number> {
  return {
    decide: (state) => [{ name, value: (state.get(name) ?? 0) + 1 }],
    reply: (state) => state.get(name) ?? 0,
    barrier: 'prompt',
  };
}

function read(name: string, barrier: 'prompt' | 'lazy' | 'none' = 'prompt') {
  const operation: Operation<Counts, Count, number> = {
    decide: () => [],
    reply: (state) => state.get(name) ?? 0,
    barrier,
  };
  return operation;
}

type Outcome<T> = { readonly value?: T; readonly error?: MillraceError };

function watch<T>(promise: Promise<T>): Outcome<T> {
  const outcome: { value?: T; error?: MillraceError } = {};
  promise.then(
    (value) => {
      outcome.value = value;
    },
    (error: unknown) => {
      assert.ok(error instanceof MillraceError);
      outcome.error = error;
    },
  );
  return outcome;
}

describe('a coordinator', () => {
  test('appends the decisions of a tick as one, each on the state that those before it left', async () => {
    const world = new LogWorld();
    const leader = await active(world);
    const before = world.committed.length;
    const replies = [1, 2, 3].map(() => watch(leader.coordinator.run(add('a'))));
    await settled(leader);
    assert.deepEqual(
      replies.map(({ value }) => value),
      [3, 3, 3],
    );
    assert.equal(world.committed.length, before + 1);
    assert.equal(leader.machine.told.length, 3);
  });

  test('replies once the record is below the high watermark, not before', async () => {
    const world = new LogWorld();
    const leader = await active(world);
    world.isAutomatic = false;
    const reply = watch(leader.coordinator.run(add('a')));
    await settled(leader);
    assert.deepEqual(reply, {});
    assert.equal(leader.machine.told.length, 0);
    leader.log.commit();
    await settled(leader);
    assert.equal(reply.value, 1);
  });

  test('holds what appends nothing for the next record, and appends one that says nothing after 50 ms', async () => {
    const world = new LogWorld();
    const leader = await active(world);
    const first = watch(leader.coordinator.run(read('a')));
    const heartbeat = watch(leader.coordinator.run(read('a', 'lazy')));
    await settled(leader);
    assert.deepEqual([first, heartbeat], [{}, {}]);
    leader.clock.pass(49);
    await settled(leader);
    assert.deepEqual(first, {});
    leader.clock.pass(1);
    await settled(leader);
    assert.deepEqual([first.value, heartbeat.value], [0, 0]);
    const lone = watch(leader.coordinator.run(read('a', 'lazy')));
    await settled(leader);
    leader.clock.pass(999);
    await settled(leader);
    assert.deepEqual(lone, {});
    leader.clock.pass(1);
    await settled(leader);
    assert.equal(lone.value, 0);
    const next = watch(leader.coordinator.run(read('a', 'lazy')));
    await settled(leader);
    await Promise.all([leader.coordinator.run(add('a')), settled(leader)]);
    assert.equal(next.value, 0);
  });

  test('that was deposed without knowing answers nobody, not even what appends nothing', async () => {
    const world = new LogWorld();
    const old = await active(world);
    const now = await active(world);
    const stale = watch(old.coordinator.run(read('a')));
    const lost = watch(old.coordinator.run(add('a')));
    await settled(old);
    old.clock.pass(10_000);
    await settled(old);
    assert.deepEqual([stale, lost], [{}, {}]);
    old.coordinator.resign(notLeader('b:7071'));
    await settled(old, now);
    for (const { error } of [stale, lost]) {
      assert.equal(error?.code, 'NOT_COORDINATOR');
      assert.equal(error?.outcome, 'unknown');
      assert.equal(error?.leader, 'b:7071');
    }
  });

  test('without the barrier tells what the next leader has changed: the rule is needed', async () => {
    const world = new LogWorld();
    const old = await active(world, 0, new Set(['barrier-before-reply']));
    const now = await active(world);
    await Promise.all([now.coordinator.run(add('a')), settled(now)]);
    const stale = watch(old.coordinator.run(read('a')));
    await settled(old);
    assert.equal(stale.value, 0);
  });

  test('loads to the end of the log, LOADING meanwhile, and has what was committed and nothing else', async () => {
    const world = new LogWorld();
    const first = await active(world);
    await Promise.all([first.coordinator.run(add('a')), settled(first)]);
    world.isAutomatic = false;
    const unknown = [watch(first.coordinator.run(add('a')))];
    await settled(first);
    unknown.push(watch(first.coordinator.run(add('a'))));
    await settled(first);
    const second = lead(world, 1);
    const early = watch(second.coordinator.run(read('a')));
    await settled(second);
    assert.equal(early.error?.code, 'LOADING');
    assert.equal(second.coordinator.isActive, false);
    second.log.commit();
    await settled(second);
    world.isAutomatic = true;
    const reply = watch(second.coordinator.run(read('a')));
    await settled(second);
    second.clock.pass(50);
    await settled(second);
    assert.equal(reply.value, 2);
    first.coordinator.resign(notLeader());
    await settled(first);
    assert.deepEqual(
      unknown.map(({ error }) => error?.outcome),
      ['unknown', 'unknown'],
    );
  });

  test('that answered while it loads would say "nothing": the rule is needed', async () => {
    const world = new LogWorld();
    const first = await active(world);
    await Promise.all([first.coordinator.run(add('a')), settled(first)]);
    world.isAutomatic = false;
    const hasty = lead(world, 0, new Set(['loading-answers-nobody', 'barrier-before-reply']));
    const wrong = watch(hasty.coordinator.run(read('a')));
    await settled(hasty);
    assert.equal(wrong.value, 0);
  });

  test('refuses what can not be appended before it decides, and goes on when it can', async () => {
    const world = new LogWorld();
    const leader = await active(world);
    leader.log.refusal = millraceError('NOT_ENOUGH_REPLICAS', 'one in sync');
    const refused = watch(leader.coordinator.run(add('a')));
    await settled(leader);
    assert.equal(refused.error?.code, 'NOT_ENOUGH_REPLICAS');
    assert.equal(refused.error?.outcome, 'not-applied');
    leader.log.refusal = undefined;
    const reply = watch(leader.coordinator.run(add('a')));
    await settled(leader);
    assert.equal(reply.value, 1);
  });

  test('whose append is refused after all reads its state again', async () => {
    const world = new LogWorld();
    const leader = await active(world);
    await Promise.all([leader.coordinator.run(add('a')), settled(leader)]);
    leader.log.failNext = millraceError('DISK_FULL', 'no space');
    const refused = watch(leader.coordinator.run(add('a')));
    await settled(leader);
    assert.equal(refused.error?.code, 'DISK_FULL');
    const reply = watch(leader.coordinator.run(add('a')));
    await settled(leader);
    assert.equal(reply.value, 2);
  });

  test('tells what too few copies acknowledged once a later record is committed', async () => {
    const world = new LogWorld();
    const leader = await active(world);
    world.isAutomatic = false;
    const short = watch(leader.coordinator.run(add('a')));
    await settled(leader);
    leader.log.failWaiting(millraceError('NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'one in sync'));
    await settled(leader);
    assert.equal(short.error?.outcome, 'unknown');
    assert.equal(leader.machine.told.length, 0);
    const reply = watch(leader.coordinator.run(add('a')));
    await settled(leader);
    leader.log.commit();
    await settled(leader);
    assert.equal(reply.value, 2);
    assert.equal(leader.machine.told.length, 2);
  });

  test('that meets a record it can not read serves nobody in this epoch', async () => {
    const world = new LogWorld();
    const first = await active(world);
    await Promise.all([first.coordinator.run(add('bad')), settled(first)]);
    const second = lead(world);
    await settled(second);
    const reply = watch(second.coordinator.run(read('a')));
    await settled(second);
    assert.equal(reply.error?.code, 'CORRUPT_STATE');
  });

  test('appends what follows from decisions with them', async () => {
    const world = new LogWorld();
    const leader = await active(world);
    leader.machine.due = [{ name: 'follows', value: 7 }];
    const before = world.committed.length;
    const reply = watch(leader.coordinator.run(read('follows')));
    await settled(leader);
    assert.equal(reply.value, 7);
    assert.equal(world.committed.length, before + 1);
  });

  test('bounds what waits', async () => {
    const world = new LogWorld();
    const leader = await active(world);
    const replies = Array.from({ length: 20_001 }, () => watch(leader.coordinator.run(add('a'))));
    await settled(leader);
    assert.equal(replies.filter(({ value }) => value === 20_000).length, 20_000);
    assert.equal(replies.at(-1)?.error?.code, 'TOO_MANY_REQUESTS');
  });
});
