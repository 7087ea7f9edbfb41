/**
 * A producer that sends to all partitions at a steady rate, until it is told to end, and writes down what became of each
 * record. A partition that does not answer gets no more than a bounded number of records.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type MillraceError, toMillraceError } from '@millrace/core/errors';
import type { Producer } from '@millrace/client/producer';
import { SendLog } from '../history/sendLog.ts';
import { chaosKey, chaosValue } from './chaosRecord.ts';

const TICK_MS = 10;
const UNANSWERED_MAX = 500;

export interface WriterOptions {
  readonly number: number;
  readonly producer: Producer;
  readonly topic: string;
  readonly partitions: number;
  /** Records per second, to all partitions together. */
  readonly rate: number;
  /** `sentMs`: monotonic time at which it was handed to the producer. */
  readonly onAcknowledged: (partition: number, sentMs: number) => void;
  /** With an outcome other than `applied`. */
  readonly onFailed: (error: MillraceError) => void;
}

interface Lane {
  readonly partition: number;
  readonly log: SendLog;
  unanswered: number;
}

export class Writer {
  readonly #options: WriterOptions;
  readonly #lanes: Lane[];
  readonly #running: Promise<void>;
  #ending = false;
  sent = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#lanes = Array.from({ length: options.partitions }, (_, partition) => ({
      partition,
      log: new SendLog(options.number),
      unanswered: 0,
    }));
    this.#running = this.#run();
  }

  logOf(partition: number): SendLog {
    const lane = this.#lanes[partition];
    if (lane === undefined) throw new RangeError(`no partition ${partition}`);
    return lane.log;
  }

  /** Sends no more, and waits until all is answered or given up. */
  async end(): Promise<void> {
    this.#ending = true;
    await this.#running;
    // What was given up has an outcome: its callback was told.
    await this.#options.producer.close().catch(() => {});
  }

  async #run(): Promise<void> {
    const { rate, partitions } = this.#options;
    const startMs = performance.now();
    let due = 0;
    while (!this.#ending) {
      await delay(TICK_MS);
      const wanted = ((performance.now() - startMs) / 1000) * rate;
      // After a stall the pace goes on; what was missed is not made up for.
      due = Math.max(due, wanted - rate);
      for (; due < wanted; due++) {
        const lane = this.#lanes[Math.floor(due) % partitions];
        if (lane !== undefined) this.#send(lane);
      }
    }
  }

  #send(lane: Lane): void {
    if (lane.unanswered >= UNANSWERED_MAX) return;
    const { producer, topic, number, onAcknowledged, onFailed } = this.#options;
    const { partition, log } = lane;
    const sequence = log.begin();
    const sentMs = performance.now();
    const key = chaosKey(number, sequence);
    const value = chaosValue(partition, number, sequence);
    this.sent++;
    lane.unanswered++;
    const failed = (error: MillraceError): void => {
      if (error.outcome === 'not-applied') log.refuse(sequence);
      onFailed(error);
    };
    try {
      producer.append({ topic, partition, key, value }, (error, { offset }) => {
        lane.unanswered--;
        if (error !== undefined) return failed(error);
        log.acknowledge(sequence, offset);
        onAcknowledged(partition, sentMs);
      });
    } catch (error) {
      lane.unanswered--;
      failed(toMillraceError(error));
    }
  }
}
