/** Brokers with one log directory each, in one process on simulated disks, and the least of a controller. */
import assert from 'node:assert/strict';
import { type BootId, type BrokerId, newClusterId, type Offset } from '@millrace/core/ids';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { IsrProposal, ProposalAnswer } from '../../src/cluster/sessionMessages.ts';
import { silentLogger } from '../../src/io/logger.ts';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import { SimClock } from '../../src/io/sim/simClock.ts';
import type { SimDisk } from '../../src/io/sim/simDisk.ts';
import type { SimFaultPlan } from '../../src/io/sim/simFaults.ts';
import { SimProcess } from '../../src/io/sim/simProcess.ts';
import { SimScheduler } from '../../src/io/sim/simScheduler.ts';
import { SimStorage } from '../../src/io/sim/simStorage.ts';
import { resetCopy } from '../../src/log/copies/copyReset.ts';
import type { LogConfig } from '../../src/log/partition/logConfig.ts';
import { LogDirectory } from '../../src/log/directory/logDirectory.ts';
import type { LogDirectoryConfig } from '../../src/log/directory/logDirectoryOptions.ts';
import type { PartitionLog } from '../../src/log/partition/partitionLog.ts';
import type { CopyLoss } from '../../src/replication/copyLoss.ts';
import { type Acks, Partition } from '../../src/replication/partition.ts';
import { Replication } from '../../src/replication/replication.ts';
import type { ReplicationRulesOff } from '../../src/replication/replicationRules.ts';
import { batchOf, contentOf, smallConfig, smallLogs, topicId } from '../log/directoryWorld.ts';
import { formattedDisk } from '../io/sim/simMachine.ts';
import { MemoryNetwork } from './memoryTransport.ts';

export const LAG_MS = 1000;

export interface WorldOptions {
  readonly brokers?: number;
  readonly minIsr?: number;
  readonly partitions?: number;
  readonly logs?: LogConfig;
  readonly directory?: LogDirectoryConfig;
  readonly rulesOff?: ReplicationRulesOff;
  readonly creditBytes?: number;
}

/** What became of one append. */
export interface Written {
  readonly text: string;
  outcome: 'waiting' | 'acknowledged' | 'not-applied' | 'applied' | 'unknown';
  code: string | undefined;
  baseOffset: number;
}

const clusterId = newClusterId(new SeededRandom(5).bytes(16));

export class ReplicaBroker {
  readonly id: BrokerId;
  readonly world: ReplicaWorld;
  disk: SimDisk = formattedDisk('/data');
  /** Of the next boot. */
  plan: SimFaultPlan | undefined;
  process: SimProcess;
  clock: SimClock;
  directory: LogDirectory | undefined;
  replication: Replication | undefined;
  readonly partitions: Partition[] = [];
  readonly losses: CopyLoss[] = [];

  constructor(world: ReplicaWorld, id: BrokerId) {
    this.world = world;
    this.id = id;
    this.process = new SimProcess(world.scheduler);
    this.clock = new SimClock(this.process);
  }

  get isUp(): boolean {
    return this.replication !== undefined && this.process.alive;
  }

  get bootId(): BootId {
    assert.ok(this.directory !== undefined);
    return this.directory.bootId;
  }

  partition(number = 0): Partition {
    const partition = this.partitions[number];
    assert.ok(partition !== undefined);
    return partition;
  }

  log(number = 0): PartitionLog {
    return this.partition(number).log;
  }

  async boot(): Promise<void> {
    const { world } = this;
    const { scheduler, options } = world;
    this.process = new SimProcess(scheduler);
    this.clock = new SimClock(this.process);
    const storage = new SimStorage(this.disk, this.process, world.random.fork(), this.plan);
    const directory = await scheduler.settle(
      LogDirectory.open({
        storage,
        clock: this.clock,
        random: world.random.fork(),
        dataDirectory: '/data',
        brokerId: this.id,
        clusterId,
        config: options.directory ?? smallConfig,
        logger: silentLogger,
      }),
    );
    this.directory = directory;
    const specs = Array.from({ length: options.partitions ?? 1 }, (_, partition) => ({
      topicId,
      topicName: 't',
      partition,
      config: options.logs ?? smallLogs,
    }));
    const missing = specs.filter(
      ({ partition }) => directory.get(topicId, partition) === undefined,
    );
    await scheduler.settle(directory.createCopies(missing));
    this.#replicate(directory);
  }

  #replicate(directory: LogDirectory): void {
    const { world, process } = this;
    const replication = new Replication({
      brokerId: this.id,
      bootId: directory.bootId,
      clusterId,
      clock: this.clock,
      random: world.random.fork(),
      logger: silentLogger,
      transport: world.network.transportOf(this.id),
      directory,
      addressOf: (port) =>
        world.brokers[port]?.isUp === true ? { host: 'here', port } : undefined,
      propose: (changes) => world.propose(this, changes),
      onCopyLost: (partition, why) => {
        if (process.alive) this.#lost(partition, why);
      },
      onDamaged: (partition) => {
        if (process.alive) world.damaged(this, partition);
      },
      config: { replicaLagMsMax: LAG_MS, fetchCreditBytes: world.options.creditBytes ?? 1 << 20 },
      rulesOff: world.options.rulesOff ?? new Set(),
    });
    this.replication = replication;
    this.partitions.length = 0;
    for (const log of directory.all()) this.#own(log);
    world.network.serve(this.id, (stream) => replication.serveFollow(stream));
    for (const broker of world.brokers) if (broker.isUp) broker.replication?.brokersChanged();
  }

  #own(log: PartitionLog): Partition {
    assert.ok(this.replication !== undefined);
    const identity = { topicId, topicName: 't', partition: log.partition };
    const partition = new Partition(identity, log, this.replication.host);
    this.partitions[log.partition] = partition;
    this.replication.add(partition);
    return partition;
  }

  #lost(partition: Partition, why: CopyLoss): void {
    this.losses.push(why);
    const { directory, replication } = this;
    assert.ok(directory !== undefined && replication !== undefined);
    replication.remove(partition);
    const start = why.kind === 'reset' ? why.logStart : (0 as Offset);
    void resetCopy(directory, partition.log, start).then((log) => {
      const fresh = this.#own(log);
      const { status } = partition;
      if (status !== undefined) replication.apply(fresh, status);
    });
  }

  /** kill -9, or power off with what `keep` leaves of the unsynced. */
  stop(keep: 'none' | 'random' | 'all'): void {
    const { world } = this;
    world.network.serve(this.id, undefined);
    for (const other of world.brokers) {
      if (other === this) continue;
      world.network.cut(this.id, other.id);
      world.network.heal(this.id, other.id);
    }
    this.process.kill();
    this.replication = undefined;
    this.disk = this.disk.afterPowerLoss(keep, world.random);
  }

  append(text: string, acks: Acks = 'all', bytes = 0, number = 0): Written {
    return this.appendBatch(text, batchOf(text, bytes), acks, number);
  }

  /** `text`: what it holds, for people. */
  appendBatch(text: string, batch: Buffer, acks: Acks = 'all', number = 0): Written {
    const written: Written = { text, outcome: 'waiting', code: undefined, baseOffset: -1 };
    this.world.writes.push(written);
    try {
      const rules = { batchBytesMax: 8 * 1024, nowMs: 1_750_000_000_000, timestampAheadMsMax: 1e9 };
      this.partition(number).append(batch, acks, rules, {
        acknowledged: ({ baseOffset }) => {
          written.outcome = 'acknowledged';
          written.baseOffset = baseOffset;
        },
        failed: (error) => {
          written.outcome = error.outcome;
          written.code = error.code;
        },
      });
    } catch (error) {
      const { outcome, code } = error as { outcome: Written['outcome']; code: string };
      written.outcome = outcome;
      written.code = code;
    }
    return written;
  }
}

export class ReplicaWorld {
  readonly options: WorldOptions;
  readonly random: SeededRandom;
  readonly scheduler: SimScheduler;
  readonly network: MemoryNetwork;
  readonly brokers: ReplicaBroker[];
  readonly statuses: PartitionStatus[] = [];
  readonly writes: Written[] = [];
  /** Proposals that the controller took, oldest first. */
  readonly proposals: IsrProposal[] = [];
  /** Of the next proposals: what becomes of them; default `answered`. */
  proposalsAre: 'answered' | 'refused' | 'lost-before' | 'lost-after' = 'answered';

  constructor(seed: number, options: WorldOptions = {}) {
    this.options = options;
    this.random = new SeededRandom(seed);
    this.scheduler = new SimScheduler(this.random.fork());
    this.network = new MemoryNetwork(this.scheduler);
    this.brokers = Array.from(
      { length: options.brokers ?? 3 },
      (_, id) => new ReplicaBroker(this, id as BrokerId),
    );
  }

  /** All brokers up; broker 0 leads every partition, all are in sync. */
  static async start(seed: number, options: WorldOptions = {}): Promise<ReplicaWorld> {
    const world = new ReplicaWorld(seed, options);
    for (const broker of world.brokers) await broker.boot();
    for (let p = 0; p < (options.partitions ?? 1); p++) {
      world.statuses[p] = {
        p,
        initialized: true,
        replicas: world.brokers.map(({ id }) => id),
        adding: [],
        leader: null,
        isr: world.brokers.map((broker) => broker.partition(p).copyName),
        eligible: [],
        leaderEpoch: 0,
        epoch: 0,
        minIsr: options.minIsr ?? 2,
        uncleanEpoch: -1,
      };
      world.elect(0, p);
    }
    await world.until(() =>
      world.statuses.every(({ p }) => world.broker(0).partition(p).role === 'leader'),
    );
    return world;
  }

  broker(id: number): ReplicaBroker {
    const broker = this.brokers[id];
    assert.ok(broker !== undefined);
    return broker;
  }

  status(p = 0): PartitionStatus {
    const status = this.statuses[p];
    assert.ok(status !== undefined);
    return status;
  }

  /** A new leader epoch of a broker that is up, told to everybody. */
  elect(id: number, p = 0, change: Partial<PartitionStatus> = {}): void {
    const broker = this.broker(id);
    const status = this.status(p);
    this.change(
      {
        leader: `${broker.partition(p).copyName}:${broker.bootId}`,
        leaderEpoch: status.leaderEpoch + 1,
        ...change,
      },
      p,
    );
  }

  /** A later partition epoch, told to everybody who is up, each after a while. */
  change(change: Partial<PartitionStatus>, p = 0): void {
    const status = { ...this.status(p), ...change, epoch: this.status(p).epoch + 1 };
    this.statuses[p] = status;
    this.tell(p);
  }

  /** Everybody who is up hears of the state, each after a while. */
  tell(p = 0): void {
    const status = this.status(p);
    for (const broker of this.brokers) {
      if (!broker.isUp) continue;
      broker.process.after(this.random.float() * 2, 'status', () => {
        broker.replication?.apply(broker.partition(p), status);
      });
    }
  }

  /** A leader says that its copy is damaged: another member leads, without it. */
  damaged(from: ReplicaBroker, { copyName: damaged, identity }: Partition): void {
    const { partition: p } = identity;
    const isr = this.status(p).isr.filter((copy) => copy !== damaged);
    const next = this.brokers.find(
      (broker) => broker.isUp && broker !== from && isr.includes(broker.partition(p).copyName),
    );
    if (next !== undefined) this.elect(next.id, p, { isr });
  }

  propose(from: ReplicaBroker, changes: readonly IsrProposal[]): Promise<ProposalAnswer[]> {
    const mode = this.proposalsAre;
    return new Promise((resolve, reject) => {
      this.scheduler.after(this.random.float() * 3, 'propose', () => {
        const answers = changes.map((change) =>
          mode === 'answered' || mode === 'lost-after' ? this.#decide(change) : REFUSED,
        );
        from.process.after(this.random.float() * 3, 'answer', () => {
          if (mode === 'lost-before' || mode === 'lost-after') reject(new Error('nobody answers'));
          else resolve(answers);
        });
      });
    });
  }

  #decide(change: IsrProposal): ProposalAnswer {
    this.proposals.push(change);
    const { partition: p, leaderEpoch, epoch, isr } = change;
    const status = this.status(p);
    if (leaderEpoch < status.leaderEpoch) return { code: 'FENCED' };
    if (epoch !== status.epoch) {
      const isThis = epoch + 1 === status.epoch && isr.join() === status.isr.join();
      return isThis ? { code: 'OK', epoch: status.epoch } : { code: 'STALE' };
    }
    this.change({ isr }, p);
    return { code: 'OK', epoch: this.status(p).epoch };
  }

  async until(done: () => boolean, stepsMax = 200_000): Promise<void> {
    await this.scheduler.runUntil(done, stepsMax);
    assert.ok(done(), 'nothing is left to run');
  }

  async run(ms: number): Promise<void> {
    await this.scheduler.runFor(ms);
  }

  get isr(): readonly CopyName[] {
    return this.status().isr;
  }

  /** All copies hold the same bytes below the high watermark of the leader, which has reached its end. */
  async assertEqual(ids: readonly number[], p = 0): Promise<void> {
    const leader = this.broker(ids[0] ?? 0);
    const contents: Buffer[] = [];
    for (const id of ids) {
      const log = this.broker(id).log(p);
      assert.equal(log.logEndOffset, leader.log(p).logEndOffset, `end of broker ${id}`);
      contents.push(await this.scheduler.settle(contentOf(log)));
    }
    for (const [index, content] of contents.entries()) {
      assert.ok(content.equals(contents[0] as Buffer), `content of broker ${ids[index]}`);
    }
  }

  async textOf(id: number, p = 0): Promise<string> {
    return (await this.scheduler.settle(contentOf(this.broker(id).log(p)))).toString('latin1');
  }
}

const REFUSED: ProposalAnswer = { code: 'INELIGIBLE' };
