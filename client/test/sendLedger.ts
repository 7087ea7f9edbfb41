/** Sends unique records without end, remembers what became of each, and compares with what is in the log. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { MillraceError } from '@millrace/core/errors';
import type { Millrace } from '../src/millrace.ts';
import type { Producer } from '../src/producer.ts';

const UNANSWERED_MAX = 100;

/** What the log says of what was sent; all but `stored` should be empty. */
export interface Judgement {
  readonly stored: number;
  /** Acknowledged, and not where the acknowledgement says. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Behind one that was sent after it. */
  readonly disordered: readonly string[];
  /** Said to be not applied, and in the log. */
  readonly denied: readonly string[];
}

export class SendLedger {
  readonly failures: MillraceError[] = [];
  readonly #topic: string;
  readonly #partition: number;
  readonly #acknowledged = new Map<string, number>();
  readonly #refused = new Set<string>();
  #sent = 0;
  #unanswered = 0;
  #ending = false;
  readonly #running: Promise<void>;

  constructor(producer: Producer, topic: string, partition: number) {
    this.#topic = topic;
    this.#partition = partition;
    this.#running = this.#run(producer);
  }

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  /** Sends no more, and waits until each has its outcome. */
  async end(): Promise<void> {
    this.#ending = true;
    await this.#running;
    while (this.#unanswered > 0) await delay(5);
  }

  async judge(client: Millrace): Promise<Judgement> {
    const places = new Map<string, number[]>();
    const disordered: string[] = [];
    let last = -1;
    const whole = client.consume({
      topic: this.#topic,
      partitions: [this.#partition],
      from: 'earliest',
      stopAtEnd: true,
    });
    for await (const { value, offset } of whole) {
      const text = String(value);
      const number = Number(text.split('-')[1]);
      const before = places.get(text);
      if (before !== undefined) before.push(offset);
      else {
        places.set(text, [offset]);
        if (number < last) disordered.push(text);
        last = Math.max(last, number);
      }
    }
    const acknowledged = [...this.#acknowledged];
    return {
      stored: places.size,
      lost: acknowledged
        .filter(([text, offset]) => places.get(text)?.includes(offset) !== true)
        .map(([text]) => text),
      doubled: [...places].filter(([, offsets]) => offsets.length > 1).map(([text]) => text),
      disordered,
      denied: [...this.#refused].filter((text) => places.has(text)),
    };
  }

  async #run(producer: Producer): Promise<void> {
    while (!this.#ending) {
      if (this.#unanswered < UNANSWERED_MAX) this.#send(producer);
      else await delay(1);
      // A few thousand a second.
      if (this.#sent % 10 === 0) await delay(1);
    }
  }

  #send(producer: Producer): void {
    const value = `${this.#partition}-${this.#sent++}`;
    this.#unanswered += 1;
    producer.append(
      { topic: this.#topic, partition: this.#partition, value },
      (error, { offset }) => {
        this.#unanswered -= 1;
        if (error === undefined) this.#acknowledged.set(value, offset);
        else {
          this.failures.push(error);
          if (error.outcome === 'not-applied') this.#refused.add(value);
        }
      },
    );
  }
}

export function assertRight(judgement: Judgement): void {
  const { stored, ...wrong } = judgement;
  assert.ok(stored > 0);
  assert.deepEqual(wrong, { lost: [], doubled: [], disordered: [], denied: [] });
}
