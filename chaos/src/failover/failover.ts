/**
 * The scenario that measures failovers: at a steady rate one broker is hit again and again, and for each partition that
 * it led it is measured how long it took until a record that was sent after the blow was acknowledged.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { KeptBroker } from '../cluster/keptBroker.ts';
import type { Scenario, Stage } from '../run.ts';
import { longestWithin } from '../history/ackGaps.ts';

export const BLOWS = ['kill-leader', 'kill-controller', 'pause-leader', 'restart'] as const;
export type Blow = (typeof BLOWS)[number];

export interface FailoverRound {
  readonly brokerId: number;
  /** By partition that the broker led; in milliseconds. Null: none within a minute. */
  readonly nextAckMs: readonly (number | null)[];
  /** Longest time without an acknowledgement in any partition until all copies were in sync again. */
  readonly longestGapMs: number;
  readonly failedSends: number;
  /** From the blow's end until all copies were in sync again. */
  readonly inSyncMs: number;
}

/** The blow lasts so long, or until the partitions are served again if that is longer. */
const HOLD_MS = 2000;
const CALM_MS = 1500;
const NEXT_ACK_MS_MAX = 60_000;
const WHOLE_MS_MAX = 120_000;

export class Failover implements Scenario {
  readonly rounds: FailoverRound[] = [];
  readonly #times: number;
  readonly #blow: Blow;

  constructor(times: number, blow: Blow) {
    this.#times = times;
    this.#blow = blow;
  }

  prepare(): void {}

  close(): void {}

  async play(stage: Stage): Promise<void> {
    await whole(stage);
    for (let round = 1; round <= this.#times; round++) {
      await delay(CALM_MS);
      const done = await this.#round(stage);
      this.rounds.push(done);
      const next = done.nextAckMs.map((ms) => (ms === null ? 'never' : Math.round(ms))).join(' ');
      stage.onStep(
        `${round}: ${this.#blow} of broker ${done.brokerId}: next acknowledgements after ${next} ms, ` +
          `longest gap ${Math.round(done.longestGapMs)} ms, in sync after ${Math.round(done.inSyncMs)} ms`,
      );
    }
  }

  async #round(stage: Stage): Promise<FailoverRound> {
    const { cluster, load } = stage;
    const leaders = await cluster.view.leaders();
    const broker = cluster.broker(await this.#target(stage, leaders));
    const led = leaders.flatMap((id, partition) => (id === broker.brokerId ? [partition] : []));
    const failedBefore = total(load.sendErrors);
    const fromMs = performance.now();
    const struck = this.#strike(broker);
    const watched = led.length > 0 ? led : leaders.map((_, partition) => partition);
    const acked = Promise.all(
      watched.map((partition) => load.firstAcks.after(partition, fromMs, NEXT_ACK_MS_MAX)),
    );
    await Promise.all([struck, delay(HOLD_MS)]);
    // Of several brokers another has to take over; it must not be the one that comes back.
    if (cluster.brokers.length > 1) await acked;
    this.#letGo(broker);
    const inSyncMs = await whole(stage);
    const acks = await acked;
    const gap = longestWithin(load.gaps.gaps, fromMs, performance.now());
    return {
      brokerId: broker.brokerId,
      nextAckMs: acks.map((atMs) => (atMs === undefined ? null : atMs - fromMs)),
      longestGapMs: gap === undefined ? 0 : gap.toMs - gap.fromMs,
      failedSends: total(load.sendErrors) - failedBefore,
      inSyncMs,
    };
  }

  /** The controller, or whoever leads most. */
  async #target({ cluster }: Stage, leaders: readonly number[]): Promise<number> {
    if (this.#blow === 'kill-controller') return (await cluster.view.controller()) ?? 0;
    const led = cluster.brokers.map(
      ({ brokerId }) => leaders.filter((leader) => leader === brokerId).length,
    );
    return led.indexOf(Math.max(...led));
  }

  async #strike(broker: KeptBroker): Promise<void> {
    if (this.#blow === 'pause-leader') broker.pause();
    else if (this.#blow === 'restart') await broker.stopAndHold();
    else await broker.killAndHold();
  }

  #letGo(broker: KeptBroker): void {
    if (this.#blow === 'pause-leader') broker.resume();
    else broker.letUp();
  }
}

/** Returns how long it took. Throws after two minutes. */
async function whole({ cluster }: Stage): Promise<number> {
  const fromMs = performance.now();
  await cluster.allServe(WHOLE_MS_MAX);
  while (!(await cluster.view.isWhole())) {
    if (performance.now() - fromMs > WHOLE_MS_MAX) throw new Error('copies do not come into sync');
    await delay(20);
  }
  return performance.now() - fromMs;
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
