/** Producers and consumers of one scenario, and at its end the judgement of the checkers of chaos/. */
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { judge } from '@millrace/chaos/check/judge';
import { longestWithin } from '@millrace/chaos/history/ackGaps';
import type { PartitionHistory } from '@millrace/chaos/history/partitionHistory';
import { ReadLog } from '@millrace/chaos/history/readLog';
import { ClientLog } from '@millrace/chaos/load/clientLog';
import { Load } from '@millrace/chaos/load/load';
import { SeededRandom } from '@millrace/chaos/seededRandom';
import { Millrace } from '@millrace/client/millrace';
import type { LoadReport } from './loadReport.ts';

export interface LoadRunOptions {
  /** `host:port`; one address is enough. */
  readonly servers: readonly string[];
  readonly topic: string;
  readonly partitions: number;
  /** Records per second, of all producers together. */
  readonly rate: number;
}

const PRODUCERS = 2;
const CONSUMERS = 1;
const READ_MS_MAX = 60_000;
const SETTLE_MS_MAX = 30_000;
const SEED = 20_261_121;

export class LoadRun {
  readonly #options: LoadRunOptions;
  readonly #load: Load;
  readonly #client: Millrace;
  #markedMs = performance.now();

  constructor(options: LoadRunOptions) {
    this.#options = options;
    const log = new ClientLog(path.join(os.tmpdir(), 'clients.log'));
    this.#client = new Millrace({ server: options.servers, clientId: 'e2e-view' });
    this.#load = new Load({
      ...options,
      producers: PRODUCERS,
      producing: 'idempotent',
      consumers: CONSUMERS,
      visitors: 'come-and-go',
      random: new SeededRandom(SEED),
      log,
    });
  }

  get acknowledged(): number {
    return this.#load.acknowledged;
  }

  /** Milliseconds since the partition that waits longest had an acknowledgement. */
  get waitingMs(): number {
    return performance.now() - this.#load.gaps.oldestLastMs;
  }

  /** Gaps count from now on. */
  mark(): void {
    this.#markedMs = performance.now();
  }

  async end(): Promise<LoadReport> {
    const load = this.#load;
    await load.endWriting();
    const endedMs = performance.now();
    const ends = await this.#ends();
    await load.endReading(ends, READ_MS_MAX);
    const { logs, isComplete } = await load.readAll(READ_MS_MAX);
    const histories = ends.map((highWatermark, partition): PartitionHistory => {
      const { reads, followers } = load.readsOf(partition);
      return {
        partition,
        sends: load.sendsOf(partition),
        reads,
        followers,
        final: logs[partition] ?? new ReadLog('the final reading'),
        highWatermark,
        copies: [],
      };
    });
    const gap = longestWithin(load.gaps.gaps, this.#markedMs, endedMs);
    const report = {
      sent: load.sent,
      acknowledged: load.acknowledged,
      shown: load.shown,
      longestGapMs: gap === undefined ? 0 : Math.round(gap.toMs - gap.fromMs),
      sendErrors: Object.fromEntries(load.sendErrors),
      readErrors: Object.fromEntries(load.readErrors),
      isComplete,
      verdicts: judge(histories),
    };
    await load.close();
    await this.#client.close();
    return report;
  }

  /** High watermarks once they reach the ends of the logs: nobody writes any more. */
  async #ends(): Promise<number[]> {
    const deadlineMs = performance.now() + SETTLE_MS_MAX;
    for (;;) {
      const described = await this.#client.admin
        .describeTopic(this.#options.topic, { deadlineMs: 5000 })
        .catch(() => undefined);
      const partitions = described?.partitionDetails ?? [];
      const isSettled =
        partitions.length === this.#options.partitions &&
        partitions.every(
          ({ leader, highWatermark, logEnd }) => leader >= 0 && highWatermark === logEnd,
        );
      if (isSettled) return partitions.map(({ highWatermark }) => highWatermark);
      if (performance.now() > deadlineMs) throw new Error('the partitions do not come to rest');
      await delay(100);
    }
  }
}
