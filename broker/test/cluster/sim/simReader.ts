import { checkBatchesFromLog } from '@millrace/core/batchCheck';
import { readBatchHeader } from '@millrace/core/batchHeader';
import { decodeRecords } from '@millrace/core/batchReader';
import { MillraceError } from '@millrace/core/errors';
import type { Fetched, Offsets } from './clientMessages.ts';
import type { Observed } from './history.ts';
import type { SimClient } from './simClient.ts';
import type { SimMachine } from './simMachine.ts';
import type { BookedPartition, TopicBook } from './topicBook.ts';

export interface ReadRecord {
  readonly offset: number;
  readonly value: string;
  readonly leaderEpoch: number;
}

interface Poll {
  readonly from: number;
  readonly machine: SimMachine;
  readonly reader: string;
}

/** Reads every partition from its start on, from leaders and followers, one poll after the other. */
export class SimReader {
  readonly #client: SimClient;
  readonly #book: TopicBook;
  readonly #positions = new Map<string, number>();
  readonly #polling = new Set<string>();
  readonly #sources = new Map<string, SimMachine>();
  /** One that begins anew is another reader: what it sees must be the same. */
  #incarnation = 0;
  onObserved: (record: Observed) => void = () => {};
  onOffsets: (place: BookedPartition, offsets: Offsets) => void = () => {};

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
    if (random.int(15) === 0) return await this.#askOffsets(place);
    if (random.int(100) === 0) {
      this.#incarnation += 1;
      this.#positions.clear();
    }
    const machine = this.#source(place);
    const offset = this.#positions.get(place.key) ?? 0;
    const reader = `${this.#client.name}.${this.#incarnation}`;
    const { topicId, partition } = place;
    const bytesMax = 1 + random.int(2000);
    this.#polling.add(place.key);
    try {
      const request = { kind: 'fetch', topicId, partition, offset, bytesMax } as const;
      const fetched = (await this.#client.ask(machine, request)) as Fetched;
      // As the SDK does: what was damaged on a disk is read elsewhere.
      for (const batches of fetched.batches) checkBatchesFromLog(batches, 0);
      if (reader.endsWith(`.${this.#incarnation}`)) {
        this.#take(place, { from: offset, machine, reader }, fetched);
      }
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

  async #askOffsets(place: BookedPartition): Promise<void> {
    const { topicId, partition } = place;
    const request = { kind: 'offsets', topicId, partition } as const;
    try {
      const offsets = (await this.#client.ask(this.#source(place), request)) as Offsets;
      this.onOffsets(place, offsets);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
    }
  }

  #take(place: BookedPartition, poll: Poll, fetched: Fetched): void {
    const { history, nowMs } = this.#client.world;
    const { from, machine, reader } = poll;
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
