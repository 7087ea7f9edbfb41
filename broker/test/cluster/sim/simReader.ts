import { readBatchHeader } from '@millrace/core/batchHeader';
import { decodeRecords } from '@millrace/core/batchReader';
import { MillraceError } from '@millrace/core/errors';
import type { Fetched } from './clientMessages.ts';
import type { Observed } from './history.ts';
import type { SimClient } from './simClient.ts';
import type { SimMachine } from './simMachine.ts';
import type { BookedPartition, TopicBook } from './topicBook.ts';

export interface ReadRecord {
  readonly offset: number;
  readonly value: string;
  readonly leaderEpoch: number;
}

/** Reads every partition from its start on, from leaders and followers, one poll after the other. */
export class SimReader {
  readonly #client: SimClient;
  readonly #book: TopicBook;
  readonly #positions = new Map<string, number>();
  readonly #polling = new Set<string>();
  readonly #sources = new Map<string, SimMachine>();
  onObserved: (record: Observed) => void = () => {};

  constructor(client: SimClient, book: TopicBook) {
    this.#client = client;
    this.#book = book;
  }

  start(lanes: number, meanPauseMs: number): void {
    for (let lane = 0; lane < lanes; lane++) this.#client.repeat(meanPauseMs, () => this.#poll());
  }

  async #poll(): Promise<void> {
    const { random } = this.#client;
    const place = this.#book.anyPartition(random);
    if (place === undefined || this.#polling.has(place.key)) return;
    const machine = this.#source(place);
    const offset = this.#positions.get(place.key) ?? 0;
    const { topicId, partition } = place;
    const bytesMax = 1 + random.int(2000);
    this.#polling.add(place.key);
    try {
      const request = { kind: 'fetch', topicId, partition, offset, bytesMax } as const;
      this.#take(place, offset, machine, (await this.#client.ask(machine, request)) as Fetched);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      this.#sources.delete(place.key);
    } finally {
      this.#polling.delete(place.key);
    }
  }

  #source(place: BookedPartition): SimMachine {
    const known = this.#sources.get(place.key);
    if (known !== undefined && this.#client.random.int(10) > 0) return known;
    const machine = this.#client.anyMachine();
    this.#sources.set(place.key, machine);
    return machine;
  }

  #take(place: BookedPartition, from: number, machine: SimMachine, fetched: Fetched): void {
    const { history, nowMs } = this.#client.world;
    const { name: reader } = this.#client;
    // A follower that is behind with retention knows less; only a leader says that what was wanted is gone.
    if (from < fetched.logStart && fetched.isLeader) {
      history.jumps.push({ reader, partition: place.key, to: fetched.logStart });
      this.#positions.set(place.key, fetched.logStart);
      return;
    }
    for (const { offset, value, leaderEpoch } of recordsOf(fetched.batches)) {
      if (offset < from) continue;
      const seen: Observed = {
        partition: place.key,
        offset,
        value,
        leaderEpoch,
        reader,
        broker: machine.brokerId,
        atMs: nowMs,
      };
      history.observed.push(seen);
      this.#positions.set(place.key, offset + 1);
      this.onObserved(seen);
    }
  }
}

export function* recordsOf(buffers: readonly Buffer[]): Iterable<ReadRecord> {
  for (const buffer of buffers) {
    for (let at = 0; at < buffer.length; ) {
      const header = readBatchHeader(buffer, at);
      for (const { offset, value } of decodeRecords(buffer, at, header, { maxBytes: 1 << 20 })) {
        const { leaderEpoch } = header;
        yield { offset: Number(offset), value: value?.toString() ?? '', leaderEpoch };
      }
      at += header.sizeBytes;
    }
  }
}
