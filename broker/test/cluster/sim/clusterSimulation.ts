import { pick } from '../../log/sim/simWorld.ts';
import { ClusterInvariants } from './clusterInvariants.ts';
import type { ClusterOptions, ClusterProfile } from './clusterOptions.ts';
import { ClusterWorld, partitionKey } from './clusterWorld.ts';
import { DurablePromises } from './durablePromises.ts';
import { checkHealed } from './healing.ts';
import { Nemesis } from './nemesis.ts';
import { SimAdmin } from './simAdmin.ts';
import { SimClient } from './simClient.ts';
import { SimMachine } from './simMachine.ts';
import { SimGroup } from './simGroup.ts';
import { SimIdempotentProducer } from './simIdempotentProducer.ts';
import { SimProducer } from './simProducer.ts';
import { SimReader } from './simReader.ts';
import { StoreWatchdog } from './storeWatchdog.ts';
import { TopicBook } from './topicBook.ts';

export interface ClusterResult {
  readonly seed: number;
  readonly profile: ClusterProfile;
  readonly boots: number;
  readonly acknowledged: number;
  readonly observed: number;
  /** Virtual. */
  readonly seconds: number;
  /** Equal for equal runs. */
  readonly traceHash: number;
  readonly violation: Error | undefined;
  /** The last events, if something broke. */
  readonly transcript: readonly string[];
}

/** Runs one seed: a cluster under load, trouble, and then the proof that it heals with nothing lost. */
export async function simulateCluster(
  options: Pick<ClusterOptions, 'seed' | 'profile'> & Partial<ClusterOptions>,
): Promise<ClusterResult> {
  const world = new ClusterWorld({ rulesOff: new Set(), ...options });
  const simulation = new ClusterSimulation(world);
  let violation: Error | undefined;
  const onStray = (error: unknown): void => world.report(error);
  process.on('unhandledRejection', onStray);
  try {
    await simulation.run();
  } catch (error) {
    violation = error instanceof Error ? error : new Error(String(error));
  } finally {
    process.off('unhandledRejection', onStray);
  }
  const { history, scheduler, transcript } = world;
  return {
    seed: options.seed,
    profile: options.profile,
    boots: simulation.boots,
    acknowledged: history.produced.filter(({ outcome }) => outcome === 'acknowledged').length,
    observed: history.observed.length,
    seconds: world.nowMs / 1000,
    traceHash: scheduler.traceHash,
    violation,
    transcript: violation === undefined ? [] : transcript.last(6000),
  };
}

class ClusterSimulation {
  readonly #world: ClusterWorld;
  readonly #machines: readonly SimMachine[];
  readonly #book = new TopicBook();
  readonly #invariants: ClusterInvariants;
  readonly #watchdog: StoreWatchdog;
  readonly #promises: DurablePromises;
  readonly #clients: SimClient[] = [];
  readonly #group: SimGroup | undefined;

  constructor(world: ClusterWorld) {
    this.#world = world;
    const count = world.random.int(6) === 0 ? 4 : 3;
    this.#promises = new DurablePromises(world);
    this.#machines = Array.from({ length: count }, (_, id) => {
      return new SimMachine(world, id, this.#promises);
    });
    this.#invariants = new ClusterInvariants(world, this.#machines, this.#book);
    this.#watchdog = new StoreWatchdog(world);
    if (world.options.profile === 'groups')
      this.#group = new SimGroup(world, this.#machines, this.#book);
    world.store.onChanged = (what) => this.#watchdog.check(what);
    const { trace } = world.options;
    world.network.onSent = (end, message) => {
      this.#promises.heard(end, message);
      if (trace === undefined) return;
      const line = `${end.host} > ${end.peer?.host}  ${toldMessage(message)}`;
      if (trace.test(line)) world.transcript.note('sent', line);
    };
    world.network.windowBytes = [4096, 64 * 1024, 256 * 1024][world.random.int(3)] ?? 4096;
  }

  get boots(): number {
    return this.#machines.reduce((sum, { boots }) => sum + boots, 0);
  }

  async run(): Promise<void> {
    const world = this.#world;
    for (const machine of this.#machines) machine.boot();
    this.#watch();
    const admin = new SimAdmin(this.#client('admin'), this.#book);
    await admin.createFirst();
    await this.#group?.createTopic();
    this.#load();
    this.#group?.start();
    const nemesis = new Nemesis(world, {
      machines: this.#machines,
      clientHosts: [...this.#clients, ...(this.#group?.clients ?? [])].map(({ name }) => name),
      seats: this.#group?.seats ?? [],
      isAllInSync: () => this.#isAllInSync(),
      onRewound: () => this.#watchdog.forget(),
      isNewestKnown: () => this.#isNewestKnown(),
      isRewindNoticed: () => this.#watchdog.isCaughtUp(),
    });
    // A rewind that meets a copy which is not in sync yet stops for good (rule 9): it must not.
    if (!['rewinds', 'groups'].includes(world.options.profile)) admin.start();
    nemesis.start();
    await world.run(1500 + world.random.int(8000));
    nemesis.heal();
    await world.run(world.random.int(1000));
    for (const client of this.#clients) client.stop();
    await this.#group?.drain();
    const clients = [...this.#clients, ...(this.#group?.clients ?? [])];
    await checkHealed(world, this.#machines, clients, this.#book, this.#invariants);
    await this.#group?.checkLog();
  }

  #load(): void {
    const { random } = this.#world;
    const producer = new SimProducer(this.#client('p0'), this.#book);
    producer.onAcknowledged = (record) => this.#invariants.acknowledged(record);
    producer.start(1 + random.int(3), pick(random, [50, 150, 400]));
    const idempotent = new SimIdempotentProducer(this.#client('i0'), this.#book, 4711);
    idempotent.onAcknowledged = (record) => this.#invariants.acknowledged(record);
    idempotent.start(pick(random, [50, 150, 400]));
    const reader = new SimReader(this.#client('r0'), this.#book);
    reader.onObserved = (record) => this.#invariants.observed(record);
    reader.onOffsets = ({ key }, offsets) => this.#invariants.told(key, offsets);
    reader.start(2, 120);
  }

  #client(name: string): SimClient {
    const client = new SimClient(this.#world, this.#machines, name);
    this.#clients.push(client);
    return client;
  }

  #watch(): void {
    this.#world.scheduler.after(25, 'check', () => {
      this.#invariants.check();
      this.#group?.ledger.check();
      this.#watch();
    });
  }

  /**
   * Everybody is up and intact, and of each partition somebody knows the newest leader epoch: then a rewind is noticed, and
   * a recovery finds who it needs.
   */
  #isNewestKnown(): boolean {
    const known = new Map<string, number>();
    for (const { member, isPaused, isStopping } of this.#machines) {
      if (member === undefined || isPaused || isStopping) return false;
      for (const partition of member.partitions()) {
        if (!member.isIntact(partition)) return false;
        const key = partitionKey(partition.identity.topicId, partition.identity.partition);
        const epoch = partition.status?.leaderEpoch ?? -1;
        known.set(key, Math.max(known.get(key) ?? -1, epoch));
      }
    }
    if (!this.#machines.some(({ member }) => member?.isController === true)) return false;
    return [...this.#watchdog.highestEpochs].every(([key, epoch]) => known.get(key) === epoch);
  }

  /** As the store says, and true of the copies that are there: it hears late of one that is gone. */
  #isAllInSync(): boolean {
    const copies = this.#machines.flatMap(({ member }) => [...(member?.partitions() ?? [])]);
    const there = new Set<string>(copies.map(({ copyName }) => copyName));
    // One that is damaged counts as lost.
    const { damagedCopies } = this.#world;
    if (copies.some(({ log }) => damagedCopies.has(log.copyId))) return false;
    return this.#world
      .assignments()
      .filter(({ spec }) => !spec.deleted)
      .flatMap(({ status }) => status?.partitions ?? [])
      .every(
        ({ isr, replicas, adding, minIsr }) =>
          // With m = 1 no copy may be lost (safety.md): the last of an ISR could be the one.
          minIsr > 1 &&
          adding.length === 0 &&
          isr.length === replicas.length &&
          isr.every((name) => there.has(name)),
      );
  }
}

function toldMessage(message: unknown): string {
  return JSON.stringify(message, (_, value: unknown) => {
    const isBuffer =
      typeof value === 'object' && value !== null && 'data' in value && 'type' in value;
    return isBuffer && Array.isArray(value.data) ? `${value.data.length} bytes` : value;
  });
}
