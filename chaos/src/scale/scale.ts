/** Many partitions on a few brokers without load: what they cost, and how long they are without a leader after a kill -9. */
import { setTimeout as delay } from 'node:timers/promises';
import { Millrace } from '@millrace/client/millrace';
import { BrokerMetrics } from '../cluster/brokerMetrics.ts';
import { ChaosCluster } from '../cluster/chaosCluster.ts';
import type { KeptBroker } from '../cluster/keptBroker.ts';
import { processCost } from '../cluster/processCost.ts';
import type { Flags } from '../flags.ts';
import { BASE_PORT } from '../settings.ts';

const PARTITIONS_PER_TOPIC = 1000;
const START_MS_MAX = 60_000;
const WHOLE_MS_MAX = 600_000;
const CALM_MS = 15_000;
const IDLE_MS = 20_000;
const AFTER_MS = 3000;

export interface IdleCost {
  readonly brokerId: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly residentBytes: number;
}

export interface ScaleRound {
  readonly brokerId: number;
  readonly wasController: boolean;
  /** Until every partition has a leader that lives, by the metadata of another broker, in milliseconds. */
  readonly ledAgainMs: number;
  /** Of the brokers that live, from the kill on: the worst, in milliseconds. */
  readonly loopLagP99Ms: number;
  readonly loopLagMaxMs: number;
  /** From the start of its process until all copies were in sync again. */
  readonly inSyncMs: number;
}

export interface ScaleOutcome {
  readonly createMs: number;
  readonly idle: readonly IdleCost[];
  readonly rounds: readonly ScaleRound[];
}

export class Scale {
  readonly #flags: Flags;
  readonly #cluster: ChaosCluster;
  readonly #onStep: (line: string) => void;

  constructor(flags: Flags, directory: string, onStep: (line: string) => void) {
    this.#flags = flags;
    this.#onStep = onStep;
    const { brokers } = flags;
    this.#cluster = new ChaosCluster({ brokers, directory, basePort: BASE_PORT, env: {} });
  }

  /** Throws if the cluster does not come to life, or back to it. */
  async measure(times: number): Promise<ScaleOutcome> {
    const cluster = this.#cluster;
    try {
      await cluster.start(START_MS_MAX);
      const createMs = await this.#create();
      this.#onStep(`${this.#flags.partitions} partitions after ${Math.round(createMs)} ms`);
      await delay(CALM_MS);
      const idle = await this.#idle();
      const rounds: ScaleRound[] = [];
      for (let round = 0; round < times; round++) {
        rounds.push(await this.#kill(round % 2 === 0));
        await delay(CALM_MS);
      }
      return { createMs, idle, rounds };
    } finally {
      await cluster.close();
    }
  }

  async #create(): Promise<number> {
    const { partitions, brokers } = this.#flags;
    const fromMs = performance.now();
    const client = new Millrace({ server: this.#cluster.servers, deadlineMs: WHOLE_MS_MAX });
    for (let left = partitions; left > 0; left -= PARTITIONS_PER_TOPIC) {
      await client.admin.createTopic({
        name: `scale-${partitions - left}`,
        partitions: Math.min(left, PARTITIONS_PER_TOPIC),
        replicationFactor: Math.min(3, brokers),
      });
    }
    await client.close();
    await this.#until(this.#cluster.brokers, 0);
    return performance.now() - fromMs;
  }

  async #idle(): Promise<IdleCost[]> {
    const before = this.#cluster.brokers.map((broker) => costOf(broker).cpuMs);
    await delay(IDLE_MS);
    return this.#cluster.brokers.map((broker, at) => {
      const { cpuMs, residentBytes } = costOf(broker);
      const cpuPercent = ((cpuMs - (before[at] ?? 0)) / IDLE_MS) * 100;
      return { brokerId: broker.brokerId, cpuPercent, residentBytes };
    });
  }

  async #kill(isController: boolean): Promise<ScaleRound> {
    const { brokers, view } = this.#cluster;
    const controller = (await view.controller()) ?? 0;
    const broker = brokers.find(({ brokerId }) => (brokerId === controller) === isController);
    if (broker === undefined) throw new Error('there is one broker only');
    const others = brokers.filter((other) => other !== broker);
    // Each scrape begins a new window of the lag.
    await Promise.all(others.map(({ settings }) => BrokerMetrics.of(settings)));
    const fromMs = performance.now();
    await broker.killAndHold();
    // Every partition has lost a replica: that is when all of them have been decided.
    await this.#until(others, this.#flags.partitions);
    const ledAgainMs = performance.now() - fromMs;
    await delay(AFTER_MS);
    const lags = await Promise.all(others.map(({ settings }) => BrokerMetrics.of(settings)));
    const worst = (quantile: string): number =>
      1000 *
      Math.max(
        ...lags.map(
          (lag) => lag?.get(`millrace_event_loop_lag_seconds{quantile="${quantile}"}`) ?? 0,
        ),
      );
    const restartMs = performance.now();
    broker.letUp();
    await this.#until(brokers, 0);
    const round = {
      brokerId: broker.brokerId,
      wasController: isController,
      ledAgainMs,
      loopLagP99Ms: worst('0.99'),
      loopLagMaxMs: worst('1'),
      inSyncMs: performance.now() - restartMs,
    };
    this.#onStep(JSON.stringify(round));
    return round;
  }

  /** All of these know a leader of every partition, and so many partitions that lack a replica. */
  async #until(brokers: readonly KeptBroker[], underReplicated: number): Promise<void> {
    const deadlineMs = performance.now() + WHOLE_MS_MAX;
    // Seldom: each scrape goes over all partitions of the broker that is measured.
    for (const { settings } of brokers) {
      for (;;) {
        const found = await BrokerMetrics.of(settings);
        const isLed = found?.get('millrace_leaderless_partitions') === 0;
        if (isLed && found.get('millrace_under_replicated_partitions') === underReplicated) break;
        if (performance.now() > deadlineMs) throw new Error(`not within ${WHOLE_MS_MAX} ms`);
        await delay(100);
      }
    }
  }
}

function costOf({ pid }: KeptBroker) {
  if (pid === undefined) throw new Error('a broker is down');
  return processCost(pid);
}
