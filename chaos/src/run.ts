/** One run: start, load, a scenario of faults, heal, read all, stop, look at the files, judge. */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { latentDamage } from './check/copies.ts';
import { judge, type Verdict } from './check/judge.ts';
import { ChaosCluster } from './cluster/chaosCluster.ts';
import { createTopic } from './cluster/createTopic.ts';
import type { OwnExit } from './cluster/keptBroker.ts';
import { DamageBook } from './fault/damageBook.ts';
import type { Flags } from './flags.ts';
import type { AckGap } from './history/ackGaps.ts';
import type { CopyLog } from './history/copyLog.ts';
import type { PartitionHistory } from './history/partitionHistory.ts';
import { ClientLog } from './load/clientLog.ts';
import { Load } from './load/load.ts';
import { readCopy } from './replica/copyFiles.ts';
import { SeededRandom } from './seededRandom.ts';
import {
  BASE_PORT,
  BROKER_ENV,
  REFILL_BYTES_PER_SECOND,
  replicationFactor,
  STANDARD_TOPIC_CONFIG,
  TOPIC,
  TOPIC_CONFIG,
} from './settings.ts';

/** What a scenario has to work with. The cluster serves, and every partition has taken records. */
export interface Stage {
  readonly cluster: ChaosCluster;
  readonly load: Load;
  readonly damage: DamageBook;
  readonly random: SeededRandom;
  readonly onStep: (line: string) => void;
  /** Something is wrong with the run as a whole; it goes on. */
  readonly onFailure: (line: string) => void;
}

export interface Scenario {
  /** Before any broker is started. */
  prepare(cluster: ChaosCluster): void;
  /** All that it broke is healed when it resolves. */
  play(stage: Stage): Promise<void>;
  /** After the brokers are gone. */
  close(): void;
}

export interface Outcome {
  readonly sent: number;
  readonly acknowledged: number;
  readonly shown: number;
  readonly sendErrors: Readonly<Record<string, number>>;
  readonly readErrors: Readonly<Record<string, number>>;
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
const HEAL_TOLD_MS = 10_000;
const READ_MS_MAX = 90_000;
/** Load on the healed cluster. */
const CALM_MS = 2000;
const FAILOVER_GAP_MS_MIN = 20;
const CRASH = /uncaught exception|unhandled rejection/;

export class Run {
  readonly #flags: Flags;
  readonly #onStep: (line: string) => void;
  readonly #cluster: ChaosCluster;
  readonly #damage: DamageBook;
  readonly #directory: string;
  readonly #random: SeededRandom;
  readonly #failures: string[] = [];

  constructor(flags: Flags, directory: string, onStep: (line: string) => void) {
    this.#flags = flags;
    this.#onStep = onStep;
    this.#directory = directory;
    this.#random = new SeededRandom(flags.seed);
    this.#cluster = new ChaosCluster({
      brokers: flags.brokers,
      directory,
      basePort: BASE_PORT,
      env: brokerEnv(flags),
    });
    this.#damage = new DamageBook(this.#cluster.dataDir);
  }

  async play(scenario: Scenario): Promise<Outcome> {
    const cluster = this.#cluster;
    const { partitions, brokers } = this.#flags;
    try {
      scenario.prepare(cluster);
      await cluster.start(START_MS_MAX);
      const shape = {
        partitions,
        replicationFactor: replicationFactor(brokers),
        config: isMeasured(this.#flags) ? STANDARD_TOPIC_CONFIG : TOPIC_CONFIG,
      };
      this.#damage.topicId = (await createTopic(cluster, shape)).topicId;
      return await this.#underLoad(scenario);
    } finally {
      await cluster.close();
      scenario.close();
    }
  }

  async #underLoad(scenario: Scenario): Promise<Outcome> {
    const { producers, producing, consumers, rate, partitions } = this.#flags;
    const isMeasuring = isMeasured(this.#flags);
    const startedMs = performance.now();
    const random = this.#random;
    const log = new ClientLog(path.join(this.#directory, 'clients.log'));
    const load = new Load({
      servers: this.#cluster.servers,
      topic: TOPIC,
      partitions,
      producers,
      producing,
      consumers,
      visitors: isMeasuring ? 'none' : 'come-and-go',
      rate,
      gapMsMin: isMeasuring ? FAILOVER_GAP_MS_MIN : undefined,
      random: new SeededRandom(random.next()),
      log,
    });
    try {
      await this.#acknowledgedEverywhere(load, startedMs, START_MS_MAX);
      await scenario.play({
        cluster: this.#cluster,
        load,
        damage: this.#damage,
        random,
        onStep: this.#onStep,
        onFailure: (line) => this.#fail(line),
      });
      const healedAfterMs = await this.#heal(load);
      await delay(CALM_MS);
      const histories = await this.#finish(load);
      return this.#outcome({ load, histories, healedAfterMs, startedMs });
    } finally {
      await load.close();
      log.close();
    }
  }

  /** All copies in sync, and every partition takes records again. */
  async #heal(load: Load): Promise<number> {
    const { view } = this.#cluster;
    const fromMs = performance.now();
    this.#onStep('no more faults; waiting for all copies to be in sync');
    await this.#cluster.allServe(HEAL_MS_MAX).catch((error: Error) => this.#fail(error.message));
    let toldMs = fromMs;
    while (!(await view.isWhole())) {
      const nowMs = performance.now();
      if (nowMs - fromMs > HEAL_MS_MAX) {
        this.#fail(`not healed within ${HEAL_MS_MAX} ms: ${await view.inWords()}`);
        break;
      }
      if (nowMs - toldMs > HEAL_TOLD_MS) {
        this.#onStep(await view.inWords());
        toldMs = nowMs;
      }
      await delay(50);
    }
    const healedAfterMs = performance.now() - fromMs;
    await this.#acknowledgedEverywhere(load, performance.now(), HEAL_MS_MAX);
    return healedAfterMs;
  }

  #fail(line: string): void {
    this.#onStep(`WRONG: ${line}`);
    this.#failures.push(line);
  }

  async #acknowledgedEverywhere(load: Load, sinceMs: number, timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    while (load.gaps.oldestLastMs <= sinceMs) {
      if (performance.now() > deadlineMs) {
        const state = await this.#cluster.view.inWords();
        this.#fail(`some partition takes no records for ${timeoutMs} ms without a fault: ${state}`);
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
    if (!whole.isComplete) this.#fail('the whole log could not be read at the end');
    await load.endReading(
      whole.logs.map(({ nextOffset }) => nextOffset),
      READ_MS_MAX,
    );
    const described = await view.partitions();
    if (described.length !== partitions) this.#fail('the topic can not be described');
    const badStops = await this.#cluster.stop();
    if (badStops.length > 0) this.#fail(`no orderly stop: ${badStops.join(', ')}`);
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
    readonly histories: readonly PartitionHistory[];
    readonly healedAfterMs: number;
    readonly startedMs: number;
  }): Outcome {
    const { load, histories, healedAfterMs, startedMs } = parts;
    const ownExits = this.#cluster.brokers.flatMap((broker) => broker.ownExits);
    const crashes = ownExits.filter(({ lastLines }) => lastLines.some((line) => CRASH.test(line)));
    for (const { brokerId, lastLines } of crashes) {
      this.#fail(`broker ${brokerId} crashed: ${lastLines.join(' | ')}`);
    }
    return {
      sent: load.sent,
      acknowledged: load.acknowledged,
      shown: load.shown,
      sendErrors: Object.fromEntries(load.sendErrors),
      readErrors: Object.fromEntries(load.readErrors),
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
}

/** As brokers and topics are unless one says otherwise; else small, so that all happens often. */
function isMeasured({ failover, refill }: Flags): boolean {
  return failover !== undefined || refill !== undefined;
}

function brokerEnv(flags: Flags): Readonly<Record<string, string>> {
  if (!isMeasured(flags)) return BROKER_ENV;
  if (flags.refill === undefined) return {};
  return { MILLRACE_CATCHUP_BYTES_PER_SECOND_MAX: String(REFILL_BYTES_PER_SECOND) };
}
