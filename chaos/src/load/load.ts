/** Producers and consumers of one run, each with a client of its own, and what they write down. */
import { setTimeout as delay } from 'node:timers/promises';
import { Millrace } from '@millrace/client/millrace';
import { AckGaps } from '../history/ackGaps.ts';
import type { ReadLog } from '../history/readLog.ts';
import type { SendLog } from '../history/sendLog.ts';
import type { SeededRandom } from '../seededRandom.ts';
import { AckWaits } from './ackWaits.ts';
import type { ClientLog } from './clientLog.ts';
import { FirstAcks } from './firstAcks.ts';
import { type Producing, sendingAgain } from './producing.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

export interface LoadOptions {
  /** `host:port` of all brokers. */
  readonly servers: readonly string[];
  readonly topic: string;
  readonly partitions: number;
  readonly producers: number;
  readonly producing: Producing;
  readonly consumers: number;
  /** One more consumer, which begins anew again and again, each time somewhere else. */
  readonly visitors: 'come-and-go' | 'none';
  /** Records per second, of all producers together. */
  readonly rate: number;
  readonly gapMsMin?: number | undefined;
  readonly random: SeededRandom;
  readonly log: ClientLog;
}

/** How far back a reader that comes and goes begins at most, in records of one partition. */
const LOOK_BACK_MAX = 5000;
const DELIVERY_TIMEOUT_MS = 30_000;
const VISIT_PAUSE_MS = 2000;
const VISIT_MS_MAX = 30_000;

export class Load {
  readonly gaps: AckGaps;
  /** By error code, outcome and whether it was an idempotent producer's. */
  readonly sendErrors = new Map<string, number>();
  readonly readErrors = new Map<string, number>();
  readonly firstAcks = new FirstAcks();
  readonly ackWaits = new AckWaits();
  acknowledged = 0;
  readonly #options: LoadOptions;
  readonly #clients: Millrace[] = [];
  readonly #writers: Writer[];
  readonly #followers: Reader[];
  readonly #visitors: Reader[] = [];
  readonly #reading: Promise<void>[];
  #ended = false;

  constructor(options: LoadOptions) {
    const { producers, consumers, partitions, topic } = options;
    this.#options = options;
    this.gaps = new AckGaps(partitions, performance.now(), options.gapMsMin);
    this.#writers = Array.from({ length: producers }, (_, number) => this.#writer(number));
    this.#followers = Array.from({ length: consumers }, (_, index) => {
      const client = this.#client(`follower-${index}`);
      const name = `follower ${index}`;
      return new Reader({ name, client, topic, partitions, onError: this.#onReadError });
    });
    this.#reading = this.#followers.map((reader) => reader.follow());
    if (options.visitors === 'come-and-go') this.#reading.push(this.#visit());
  }

  get sent(): number {
    return this.#writers.reduce((sum, { sent }) => sum + sent, 0);
  }

  /** Records shown to all readers. */
  get shown(): number {
    const all = [...this.#followers, ...this.#visitors].flatMap(({ logs }) => logs);
    return all.reduce((sum, { offsets }) => sum + offsets.length, 0);
  }

  sendsOf(partition: number): SendLog[] {
    return this.#writers.map((writer) => writer.logOf(partition));
  }

  /** `followers`: those that began at offset 0 and never stopped. */
  readsOf(partition: number): { readonly reads: ReadLog[]; readonly followers: ReadLog[] } {
    const of = (readers: readonly Reader[]): ReadLog[] =>
      readers.flatMap(({ logs }) => logs[partition] ?? []);
    const followers = of(this.#followers);
    return { reads: [...followers, ...of(this.#visitors)], followers };
  }

  async endWriting(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.end()));
  }

  /** Waits until the followers have reached `ends`, for `timeoutMs` at most; then all readers stop. */
  async endReading(ends: readonly number[], timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    const behind = ({ logs }: Reader): boolean =>
      logs.some(({ nextOffset }, partition) => nextOffset < (ends[partition] ?? 0));
    while (this.#followers.some(behind) && performance.now() < deadlineMs) await delay(20);
    this.#ended = true;
    for (const reader of [...this.#followers, ...this.#visitors]) reader.close();
    await Promise.all(this.#reading);
  }

  /** The whole log, as far as it can be read within `timeoutMs`. */
  async readAll(timeoutMs: number): Promise<{ logs: readonly ReadLog[]; isComplete: boolean }> {
    const { topic, partitions } = this.#options;
    const reader = new Reader({
      name: 'the final reading',
      client: this.#client('final'),
      topic,
      partitions,
      onError: this.#onReadError,
    });
    const isComplete = await reader.readToEnd(performance.now() + timeoutMs);
    return { logs: reader.logs, isComplete };
  }

  async close(): Promise<void> {
    this.#ended = true;
    for (const reader of [...this.#followers, ...this.#visitors]) reader.close();
    await Promise.allSettled(this.#clients.map((client) => client.close()));
  }

  readonly #onReadError = (code: string): void => {
    this.readErrors.set(code, (this.readErrors.get(code) ?? 0) + 1);
  };

  #client(name: string): Millrace {
    const client = new Millrace({
      server: this.#options.servers,
      clientId: `chaos-${name}`,
      connectTimeoutMs: 2000,
      logger: this.#options.log.of(name),
    });
    this.#clients.push(client);
    return client;
  }

  #writer(number: number): Writer {
    const { topic, partitions, rate, producers, producing } = this.#options;
    const client = this.#client(`producer-${number}`);
    const again = sendingAgain(producing, number, producers);
    const whose = again.idempotence === true ? 'idempotent' : 'not idempotent';
    return new Writer({
      number,
      producer: client.producer({ deliveryTimeoutMs: DELIVERY_TIMEOUT_MS, ...again }),
      topic,
      partitions,
      rate: rate / producers,
      onAcknowledged: (partition, sentMs) => {
        const nowMs = performance.now();
        this.acknowledged++;
        this.gaps.acknowledged(partition, nowMs);
        this.firstAcks.acknowledged(partition, sentMs, nowMs);
        this.ackWaits.acknowledged(sentMs, nowMs);
      },
      onFailed: ({ code, outcome }) => {
        const kind = `${code}, ${outcome} (${whose})`;
        this.sendErrors.set(kind, (this.sendErrors.get(kind) ?? 0) + 1);
      },
    });
  }

  /** New readers again and again: each connects anew, and begins at some offset that others have read already. */
  async #visit(): Promise<void> {
    const { topic, partitions, random } = this.#options;
    const client = this.#client('visitor');
    for (let number = 0; !this.#ended; number++) {
      await delay(VISIT_PAUSE_MS);
      const startOffsets = Array.from({ length: partitions }, (_, partition) => {
        const seen = this.#followers[0]?.logs[partition]?.nextOffset ?? 0;
        return random.between(Math.max(0, seen - LOOK_BACK_MAX), seen);
      });
      const reader = new Reader({
        name: `visitor ${number}`,
        client,
        topic,
        partitions,
        startOffsets,
        onError: this.#onReadError,
      });
      this.#visitors.push(reader);
      if (this.#ended) return;
      await reader.readToEnd(performance.now() + VISIT_MS_MAX);
    }
  }
}
