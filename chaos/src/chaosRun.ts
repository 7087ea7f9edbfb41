/**
 * One chaos run: start, load, faults, heal, read all, stop, look at the files, judge.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { latentDamage } from './check/copies.ts';
import { judge, type Verdict } from './check/judge.ts';
import { ChaosCluster } from './cluster/chaosCluster.ts';
import { createTopic } from './cluster/createTopic.ts';
import type { OwnExit } from './cluster/keptBroker.ts';
import { DamageBook } from './fault/damageBook.ts';
import { FAULT_KINDS, type FaultKind } from './fault/faultKind.ts';
import { type FaultEvent, FaultRunner } from './fault/faultRunner.ts';
import { rounds } from './fault/plan.ts';
import { SmallDisk } from './fault/smallDisk.ts';
import type { Flags } from './flags.ts';
import type { AckGap } from './history/ackGaps.ts';
import type { CopyLog } from './history/copyLog.ts';
import type { PartitionHistory } from './history/partitionHistory.ts';
import { Load } from './load/load.ts';
import { readCopy } from './replica/copyFiles.ts';
import { SeededRandom } from './seededRandom.ts';
import { BASE_PORT, BROKER_ENV, replicationFactor, TOPIC } from './settings.ts';

export interface ChaosOutcome {
  readonly sent: number;
  readonly acknowledged: number;
  readonly shown: number;
  readonly sendErrors: Readonly<Record<string, number>>;
  readonly readErrors: Readonly<Record<string, number>>;
  readonly events: readonly FaultEvent[];
  /** Kinds that were wanted and can't be done here, with the reason. */
  readonly leftOut: Readonly<Record<string, string>>;
  readonly gaps: readonly AckGap[];
  readonly ownExits: readonly OwnExit[];
  readonly starts: number;
  readonly verdicts: readonly Verdict[];
  /** What went wrong with the run as a whole. */
  readonly failures: readonly string[];
  readonly latentDamage: number;
  /** From the end of the last fault until all copies were in sync, in milliseconds. */
  readonly healedAfterMs: number;
  readonly startedMs: number;
}

const START_MS_MAX = 60_000;
const HEAL_MS_MAX = 120_000;
const READ_MS_MAX = 90_000;
/** Load on the healed cluster. */
const CALM_MS = 2000;
const CRASH = /uncaught exception|unhandled rejection/;

export class ChaosRun {
  readonly #flags: Flags;
  readonly #onStep: (line: string) => void;
  readonly #cluster: ChaosCluster;
  readonly #damage: DamageBook;
  readonly #random: SeededRandom;
  readonly #failures: string[] = [];
  readonly #leftOut: Record<string, string> = {};

  constructor(flags: Flags, directory: string, onStep: (line: string) => void) {
    this.#flags = flags;
    this.#onStep = onStep;
    this.#random = new SeededRandom(flags.seed);
    this.#cluster = new ChaosCluster({
      brokers: flags.brokers,
      directory,
      basePort: BASE_PORT,
      env: BROKER_ENV,
    });
    this.#damage = new DamageBook(this.#cluster.dataDir);
  }

  async run(): Promise<ChaosOutcome> {
    const cluster = this.#cluster;
    const disk = this.#mountSmallDisk();
    try {
      await cluster.start(START_MS_MAX);
      const topic = await createTopic(cluster, {
        partitions: this.#flags.partitions,
        replicationFactor: replicationFactor(this.#flags.brokers),
      });
      this.#damage.topicId = topic.topicId;
      return await this.#withLoad(disk);
    } finally {
      await cluster.close();
      disk?.unmount();
    }
  }

  async #withLoad(smallDisk: SmallDisk | undefined): Promise<ChaosOutcome> {
    const { producers, consumers, rate, partitions, seconds, atOnceMax } = this.#flags;
    const startedMs = performance.now();
    const load = new Load({
      servers: this.#cluster.servers,
      topic: TOPIC,
      partitions,
      producers,
      consumers,
      rate,
      random: new SeededRandom(this.#random.next()),
    });
    try {
      await this.#acknowledgedEverywhere(load, startedMs, START_MS_MAX);
      const runner = new FaultRunner({
        world: { cluster: this.#cluster, damage: this.#damage, smallDisk },
        onStep: this.#onStep,
      });
      const kinds = this.#possibleKinds(smallDisk);
      const plan = rounds(this.#random, { kinds, atOnceMax });
      if (kinds.length > 0) await runner.run(plan, startedMs + seconds * 1000);
      const healedAfterMs = await this.#heal(load);
      await delay(CALM_MS);
      const histories = await this.#finish(load);
      return this.#outcome({ load, runner, histories, healedAfterMs, startedMs });
    } finally {
      await load.close();
    }
  }

  /** All copies in sync, and every partition takes records again. */
  async #heal(load: Load): Promise<number> {
    const { view } = this.#cluster;
    const fromMs = performance.now();
    this.#onStep('no more faults; waiting for all copies to be in sync');
    await this.#cluster
      .allServe(HEAL_MS_MAX)
      .catch((error: Error) => this.#failures.push(error.message));
    while (!(await view.isWhole())) {
      if (performance.now() - fromMs > HEAL_MS_MAX) {
        const state = (await view.partitions()).map(
          ({ partition, leader, isr }) =>
            `${partition}: leader ${leader}, in sync ${isr.join(' ')}`,
        );
        this.#failures.push(`not healed within ${HEAL_MS_MAX} ms: ${state.join('; ')}`);
        break;
      }
      await delay(50);
    }
    const healedAfterMs = performance.now() - fromMs;
    await this.#acknowledgedEverywhere(load, performance.now(), HEAL_MS_MAX);
    return healedAfterMs;
  }

  async #acknowledgedEverywhere(load: Load, sinceMs: number, timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    while (load.gaps.oldestLastMs <= sinceMs) {
      if (performance.now() > deadlineMs) {
        this.#failures.push(`some partition takes no records for ${timeoutMs} ms without a fault`);
        return;
      }
      await delay(10);
    }
  }

  async #finish(load: Load): Promise<PartitionHistory[]> {
    const { view, dataDir } = this.#cluster;
    const { brokers, partitions } = this.#flags;
    await load.endWriting();
    const whole = await load.readAll(READ_MS_MAX);
    if (!whole.isComplete) this.#failures.push('the whole log could not be read at the end');
    await load.endReading(
      whole.logs.map(({ nextOffset }) => nextOffset),
      READ_MS_MAX,
    );
    const described = await view.partitions();
    if (described.length !== partitions) this.#failures.push('the topic can not be described');
    const badStops = await this.#cluster.stop();
    if (badStops.length > 0) this.#failures.push(`no orderly stop: ${badStops.join(', ')}`);
    this.#onStep(`reading the files of ${brokers} brokers in ${dataDir}`);
    return Array.from({ length: partitions }, (_, partition) => {
      const { isr = [], highWatermark = 0 } = described[partition] ?? {};
      const final = whole.logs[partition];
      if (final === undefined) throw new RangeError(`no partition ${partition}`);
      return {
        partition,
        sends: load.sendsOf(partition),
        ...load.readsOf(partition),
        final,
        highWatermark,
        copies: this.#copies(partition, isr),
      };
    });
  }

  #copies(partition: number, isr: readonly number[]): CopyLog[] {
    return this.#cluster.brokers.flatMap(({ brokerId }) => {
      const files = readCopy(this.#damage.copyDirectory(brokerId, partition));
      if (files === undefined) return [];
      const isDamagedByUs = this.#damage.isFlipped(brokerId, partition, files.copyId);
      return [{ brokerId, ...files, inIsr: isr.includes(brokerId), isDamagedByUs }];
    });
  }

  #outcome(parts: {
    readonly load: Load;
    readonly runner: FaultRunner;
    readonly histories: readonly PartitionHistory[];
    readonly healedAfterMs: number;
    readonly startedMs: number;
  }): ChaosOutcome {
    const { load, runner, histories, healedAfterMs, startedMs } = parts;
    const ownExits = this.#cluster.brokers.flatMap((broker) => broker.ownExits);
    const crashes = ownExits.filter(({ lastLines }) => lastLines.some((line) => CRASH.test(line)));
    for (const { brokerId, lastLines } of crashes) {
      this.#failures.push(`broker ${brokerId} crashed: ${lastLines.join(' | ')}`);
    }
    return {
      sent: load.sent,
      acknowledged: load.acknowledged,
      shown: load.shown,
      sendErrors: Object.fromEntries(load.sendErrors),
      readErrors: Object.fromEntries(load.readErrors),
      events: runner.events,
      leftOut: this.#leftOut,
      gaps: load.gaps.gaps,
      ownExits,
      starts: this.#cluster.brokers.reduce((sum, { starts }) => sum + starts, 0),
      verdicts: judge(histories),
      failures: this.#failures,
      latentDamage: histories.reduce((sum, history) => sum + latentDamage(history), 0),
      healedAfterMs,
      startedMs,
    };
  }

  #mountSmallDisk(): SmallDisk | undefined {
    if (!this.#flags.faults.includes('disk-full')) return undefined;
    if (this.#cluster.network.whyNoLinks !== undefined) {
      this.#leftOut['disk-full'] = 'no mount namespace: nothing is mounted where others see it';
      return undefined;
    }
    try {
      return new SmallDisk(this.#cluster.dataDir, this.#random.below(this.#flags.brokers));
    } catch (error) {
      this.#leftOut['disk-full'] = `nothing can be mounted: ${String(error)}`;
      return undefined;
    }
  }

  #possibleKinds(smallDisk: SmallDisk | undefined): FaultKind[] {
    const { network, brokers } = this.#cluster;
    const whyNot = (kind: FaultKind): string | undefined => {
      switch (FAULT_KINDS[kind].needs) {
        case 'one broker':
          return undefined;
        case 'several brokers':
          return brokers.length < 3 ? 'it takes three brokers' : undefined;
        case 'links':
          return network.whyNoLinks ?? (brokers.length < 2 ? 'it takes two brokers' : undefined);
        case 'small disk':
          return smallDisk === undefined ? 'nothing is mounted' : undefined;
      }
    };
    return this.#flags.faults.filter((kind) => {
      const reason = whyNot(kind);
      if (reason !== undefined) this.#leftOut[kind] ??= reason;
      return reason === undefined;
    });
  }
}
