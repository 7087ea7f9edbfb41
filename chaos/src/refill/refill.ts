/**
 * The scenario of a broker that comes back under load: with nothing, and then with all it had. How much it copies, how
 * long that takes, and what producers notice of it.
 */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BrokerMetrics } from '../cluster/brokerMetrics.ts';
import type { KeptBroker } from '../cluster/keptBroker.ts';
import { type Spread, spread } from '../failover/failoverReport.ts';
import { brokerDirectory } from '../replica/copyFiles.ts';
import type { Scenario, Stage } from '../run.ts';

export interface Return {
  readonly what: 'wiped' | 'restarted';
  /** From its new process serving until all copies were in sync. */
  readonly inSyncMs: number;
  /** Written to its journal by then: what it copied, and what was produced meanwhile. */
  readonly journalBytes: number;
  /** Waits of producers meanwhile. */
  readonly waits: Spread;
}

const CALM_MS = 10_000;
const DOWN_MS = 3000;
const LEAD_MS = 3000;
const WHOLE_MS_MAX = 300_000;

export class Refill implements Scenario {
  readonly returns: Return[] = [];
  /** Of the log of a broker, when it was wiped. */
  logBytes = 0;
  calm: Spread = spread([]);
  readonly #fillMs: number;

  constructor(fillSeconds: number) {
    this.#fillMs = fillSeconds * 1000;
  }

  prepare(): void {}

  close(): void {}

  async play(stage: Stage): Promise<void> {
    const { cluster, load, onStep } = stage;
    await whole(stage);
    onStep(`filling for ${this.#fillMs / 1000} s`);
    await delay(this.#fillMs);
    load.ackWaits.begin();
    await delay(CALM_MS);
    this.calm = spread(load.ackWaits.end());
    const controller = await cluster.view.controller();
    const broker = cluster.brokers.find(({ brokerId }) => brokerId !== controller);
    if (broker === undefined) throw new Error('it takes two brokers');
    const metrics = await BrokerMetrics.of(broker.settings);
    this.logBytes = metrics?.get(`millrace_log_bytes{topic="${cluster.view.topic}"}`) ?? 0;
    for (const what of ['wiped', 'restarted'] as const) {
      const done = await this.#comesBack(stage, broker, what);
      this.returns.push(done);
      onStep(JSON.stringify(done));
      await delay(CALM_MS);
    }
  }

  async #comesBack(stage: Stage, broker: KeptBroker, what: Return['what']): Promise<Return> {
    const { cluster, load } = stage;
    await broker.killAndHold();
    const directory = brokerDirectory(cluster.dataDir, broker.brokerId);
    for (const name of what === 'wiped' ? readdirSync(directory) : []) {
      rmSync(path.join(directory, name), { recursive: true, force: true });
    }
    await delay(DOWN_MS);
    broker.letUp();
    await cluster.allServe(WHOLE_MS_MAX);
    const fromMs = performance.now();
    load.ackWaits.begin();
    await whole(stage);
    const inSyncMs = performance.now() - fromMs;
    const metrics = await BrokerMetrics.of(broker.settings);
    // At least so long, or a fast return is judged by a handful of records.
    await delay(Math.max(0, LEAD_MS - inSyncMs));
    const waits = spread(load.ackWaits.end());
    return {
      what,
      inSyncMs,
      journalBytes: metrics?.get('millrace_journal_bytes_total') ?? 0,
      waits,
    };
  }
}

async function whole({ cluster }: Stage): Promise<void> {
  const deadlineMs = performance.now() + WHOLE_MS_MAX;
  while (!(await cluster.view.isWhole())) {
    if (performance.now() > deadlineMs) throw new Error('copies do not come into sync');
    await delay(50);
  }
}
