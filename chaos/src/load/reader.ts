/** A consumer that writes down what it is shown of each partition, and goes on where it was after every failure. */
import { setTimeout as delay } from 'node:timers/promises';
import { toMillraceError } from '@millrace/core/errors';
import type { ConsumeOptions } from '@millrace/client/consumeOptions';
import type { ConsumedRecords } from '@millrace/client/consumedRecord';
import type { Consumption } from '@millrace/client/consumption';
import type { Millrace } from '@millrace/client/millrace';
import { ReadLog } from '../history/readLog.ts';
import { identify } from './chaosRecord.ts';

const RETRY_MS = 200;
const UNREACHABLE_MS_MAX = 20_000;

export interface ReaderOptions {
  readonly name: string;
  readonly client: Millrace;
  readonly topic: string;
  readonly partitions: number;
  /** By partition; default 0 everywhere. */
  readonly startOffsets?: readonly number[];
  readonly onError: (code: string) => void;
}

export class Reader {
  readonly logs: readonly ReadLog[];
  readonly #options: ReaderOptions;
  #open: Consumption | undefined;
  #closed = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.logs = Array.from(
      { length: options.partitions },
      (_, partition) => new ReadLog(options.name, options.startOffsets?.[partition]),
    );
  }

  /** Until `close`. */
  async follow(): Promise<void> {
    while (!this.#closed) {
      const finished = await this.#attempt({});
      if (!finished && !this.#closed) await delay(RETRY_MS);
    }
  }

  /** To where each partition ends now. False: not within `deadlineMs` of performance.now(), or closed. */
  async readToEnd(deadlineMs: number): Promise<boolean> {
    while (!this.#closed && performance.now() < deadlineMs) {
      if (await this.#attempt({ stopAtEnd: true })) return true;
      await delay(RETRY_MS);
    }
    return false;
  }

  close(): void {
    this.#closed = true;
    this.#open?.close();
  }

  /** False: it failed on the way. */
  async #attempt(ending: Pick<ConsumeOptions, 'stopAtEnd'>): Promise<boolean> {
    const { client, topic, onError } = this.#options;
    try {
      const consumption = client.consume({
        topic,
        ...ending,
        unreachableMsMax: UNREACHABLE_MS_MAX,
        partitions: this.logs.map(({ nextOffset }, partition) => ({
          partition,
          from: { offset: nextOffset },
        })),
      });
      this.#open = consumption;
      for await (const shown of consumption.batches()) this.#note(shown);
      return true;
    } catch (error) {
      onError(toMillraceError(error).code);
      return false;
    } finally {
      this.#open = undefined;
    }
  }

  #note({ partition, records, highWatermark }: ConsumedRecords): void {
    const shown = records.map(({ offset, key, value }) => ({
      offset,
      value: identify(partition, key, value),
    }));
    this.logs[partition]?.poll(highWatermark, shown);
  }
}
