/** Group coordinators on real partitions: simulated disks, network, clocks; elections, kills, cuts at random. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PartitionRef, partitionRef } from '@millrace/core/assignors/partitionRef';
import { MillraceError, millraceError } from '@millrace/core/errors';
import { PartitionCoordinatorLog } from '../../src/coordinator/partitionCoordinatorLog.ts';
import {
  coordinatorRules,
  type CoordinatorRule,
  type CoordinatorRulesOff,
} from '../../src/coordinator/coordinatorRules.ts';
import { GroupCoordinator } from '../../src/groups/groupCoordinator.ts';
import { GROUP_LIMITS } from '../../src/groups/groupLimits.ts';
import { GroupTopics } from '../../src/groups/groupTopics.ts';
import { silentLogger } from '../../src/io/logger.ts';
import type { Partition } from '../../src/replication/partition.ts';
import { type ReplicaBroker, ReplicaWorld } from '../replication/replicaWorld.ts';
import { TestTopics } from './groupWorld.ts';

const SEEDS = Number(process.env['GROUP_SEEDS'] ?? 12);
const STEPS = 60;
const GROUP = 'billing';

interface Seat {
  readonly partition: Partition;
  readonly coordinator: GroupCoordinator;
  epoch: number;
}

class CoordinatedWorld {
  readonly world: ReplicaWorld;
  readonly ref: PartitionRef;
  readonly failures = new Map<string, number>();
  acknowledged = 0;
  answered = 0;
  /** What a fetch answered that was older than what was acknowledged when it was sent. */
  stale: string | undefined;
  #next = 0;
  #highest = 0;
  readonly #seats = new Map<ReplicaBroker, Seat>();
  readonly #deaf = new Set<ReplicaBroker>();
  readonly #topics = new TestTopics();

  readonly #rulesOff: CoordinatorRulesOff;

  constructor(world: ReplicaWorld, rulesOff: CoordinatorRulesOff) {
    this.world = world;
    this.#rulesOff = rulesOff;
    world.tell = () => this.#tell();
    this.ref = partitionRef(this.#topics.put('orders', 1), 0);
  }

  /** The leader hears nothing any more, and does not know that another one is elected. */
  async deafen(pick: number): Promise<void> {
    const { world } = this;
    const leader = world.brokers.find((broker) => this.#leads(broker));
    if (leader === undefined || this.#deaf.size > 0) return;
    this.#deaf.add(leader);
    this.elect(pick);
    // The others leave it out of the ISR, and commit without it.
    await world.run(2000);
    this.takeRoles();
    await world.run(500);
  }

  hear(): void {
    this.#deaf.clear();
    this.world.tell();
  }

  /** What the engine does with every change of metadata, a while later. */
  takeRoles(): void {
    for (const broker of this.world.brokers) {
      let seat = this.#seats.get(broker);
      const partition = broker.isUp ? broker.partition() : undefined;
      if (seat !== undefined && seat.partition !== partition) {
        this.#seats.delete(broker);
        seat.coordinator.resign(millraceError('NOT_LEADER', 'gone'));
        seat = undefined;
      }
      if (partition === undefined) continue;
      if (partition.role !== 'leader') {
        seat?.coordinator.resign(millraceError('NOT_LEADER', 'led elsewhere'));
        if (seat !== undefined) seat.epoch = -1;
        continue;
      }
      seat ??= this.#newSeat(broker, partition);
      if (seat.epoch === partition.leaderEpoch) continue;
      seat.epoch = partition.leaderEpoch;
      seat.coordinator.lead();
    }
  }

  commit(pick: number): void {
    const coordinator = this.#coordinator(pick);
    if (coordinator === undefined) return;
    const offset = ++this.#next;
    const offsets = [{ ref: this.ref, offset, leaderEpoch: 0, metadata: '' }];
    const reference = { groupId: GROUP, memberId: '', instanceId: '', memberEpoch: 0 };
    coordinator.commit({ ...reference, direction: 'forward', offsets }).then(
      ([result]) => {
        if (result?.error !== undefined) return;
        this.acknowledged += 1;
        this.#highest = Math.max(this.#highest, offset);
      },
      (error: unknown) => this.#failed(error),
    );
  }

  fetch(pick: number): Promise<void> | undefined {
    const coordinator = this.#coordinator(pick);
    if (coordinator === undefined) return undefined;
    const floor = this.#highest;
    return coordinator.fetchOffsets(GROUP, [this.ref]).then(
      (offsets) => {
        this.answered += 1;
        const offset = offsets.get(this.ref)?.offset ?? 0;
        if (offset < floor) this.stale ??= `${floor} was acknowledged, ${offset} is answered`;
      },
      (error: unknown) => this.#failed(error),
    );
  }

  /** Another broker of the ISR that is up. */
  elect(pick: number): void {
    const { world } = this;
    const able = world.brokers.filter(
      (broker) =>
        broker.isUp && !this.#deaf.has(broker) && world.isr.includes(broker.partition().copyName),
    );
    const next = able[pick % Math.max(1, able.length)];
    if (next !== undefined) world.elect(next.id);
  }

  #leads({ id, isUp }: ReplicaBroker): boolean {
    return isUp && this.world.status().leader?.startsWith(`${id}:`) === true;
  }

  #tell(): void {
    const { world } = this;
    const status = world.status();
    for (const broker of world.brokers) {
      if (!broker.isUp || this.#deaf.has(broker)) continue;
      broker.process.after(world.random.float() * 2, 'status', () => {
        broker.replication?.apply(broker.partition(), status);
      });
    }
  }

  #coordinator(pick: number): GroupCoordinator | undefined {
    const seats = [...this.#seats.values()];
    return seats[pick % Math.max(1, seats.length)]?.coordinator;
  }

  #newSeat(broker: ReplicaBroker, partition: Partition): Seat {
    const { directory, clock } = broker;
    assert.ok(directory !== undefined);
    const coordinator = new GroupCoordinator({
      log: new PartitionCoordinatorLog(partition, directory, clock),
      clock,
      logger: silentLogger,
      topics: new GroupTopics(this.#topics),
      limits: GROUP_LIMITS,
      assigned: () => {},
      rulesOff: this.#rulesOff,
    });
    const seat = { partition, coordinator, epoch: -1 };
    this.#seats.set(broker, seat);
    return seat;
  }

  #failed(error: unknown): void {
    assert.ok(error instanceof MillraceError, String(error));
    assert.notEqual(error.code, 'INTERNAL', error.message);
    this.failures.set(error.code, (this.failures.get(error.code) ?? 0) + 1);
  }
}

async function step(coordinated: CoordinatedWorld, pending: Promise<void>[]): Promise<void> {
  const { world } = coordinated;
  const { random } = world;
  const pick = random.int(1000);
  const broker = world.broker(random.int(3));
  switch (random.int(15)) {
    case 0:
      coordinated.elect(pick);
      break;
    case 8:
      await coordinated.deafen(pick);
      break;
    case 9:
      coordinated.hear();
      break;
    case 1:
      // Two stay: with m = 2 nobody may lose more.
      if (broker.isUp && world.brokers.every(({ isUp }) => isUp)) broker.stop('none');
      break;
    case 2:
      if (!broker.isUp) {
        await broker.boot();
        world.tell();
      }
      break;
    case 3:
      world.network.cut(random.int(3), random.int(3));
      break;
    case 4:
    case 5:
      for (const from of [0, 1, 2]) for (const to of [0, 1, 2]) world.network.heal(from, to);
      break;
    case 6:
    case 7: {
      const fetched = coordinated.fetch(pick);
      if (fetched !== undefined) pending.push(fetched);
      break;
    }
    default:
      coordinated.commit(pick);
  }
  // A leader that is gone is replaced; one that is only deposed hears of it by and by.
  const leader = world.brokers.find(
    ({ id }) => world.status().leader?.startsWith(`${id}:`) === true,
  );
  if (leader?.isUp !== true || !world.status().leader?.endsWith(leader.bootId)) {
    coordinated.elect(pick);
  }
  await world.run(random.int(3) === 0 ? 300 : 5);
  coordinated.takeRoles();
  await world.run(random.int(40));
}

async function play(seed: number, rulesOff: CoordinatorRulesOff): Promise<CoordinatedWorld> {
  const world = await ReplicaWorld.start(seed);
  const coordinated = new CoordinatedWorld(world, rulesOff);
  const pending: Promise<void>[] = [];
  for (let at = 0; at < STEPS; at++) await step(coordinated, pending);
  for (const from of [0, 1, 2]) for (const to of [0, 1, 2]) world.network.heal(from, to);
  for (const broker of world.brokers) if (!broker.isUp) await broker.boot();
  coordinated.hear();
  coordinated.elect(seed);
  await world.run(50);
  for (let round = 0; round < 2; round++) {
    coordinated.takeRoles();
    await world.run(5000);
  }
  const before = coordinated.answered;
  for (let pick = 0; pick < 3; pick++) {
    const last = coordinated.fetch(pick);
    if (last !== undefined) pending.push(last);
  }
  await world.run(5000);
  assert.ok(coordinated.answered > before, `seed ${seed}: nobody answers in the end`);
  await Promise.all(pending);
  return coordinated;
}

test('what a coordinator has acknowledged every later one answers, through elections, kills and cuts', async () => {
  let acknowledged = 0;
  let answered = 0;
  const failures = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const coordinated = await play(seed, new Set());
    assert.equal(coordinated.stale, undefined, `seed ${seed}`);
    acknowledged += coordinated.acknowledged;
    answered += coordinated.answered;
    for (const code of coordinated.failures.keys()) failures.add(code);
  }
  const seen = `${acknowledged} commits, ${answered} answers`;
  assert.ok(acknowledged > SEEDS * 3 && answered > SEEDS, seen);
  assert.ok(failures.has('LOADING'), [...failures].join());
});

for (const rule of Object.keys(coordinatorRules) as CoordinatorRule[]) {
  test(`it would answer what is older with the rule off: ${rule}`, async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { stale } = await play(seed, new Set([rule]));
      if (stale !== undefined) return;
    }
    assert.fail('nothing is noticed in 60 seeds');
  });
}
