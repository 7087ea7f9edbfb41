import { encodeBatch } from '@millrace/core/batchWriter';
import { MillraceError } from '@millrace/core/errors';
import type { Produced as Answer } from './clientMessages.ts';
import type { Produced } from './history.ts';
import type { SimClient } from './simClient.ts';
import type { SimMachine } from './simMachine.ts';
import type { BookedPartition, TopicBook } from './topicBook.ts';

/** As many as a log remembers of a producer (safety.md, rule 15). */
const inFlightMax = 5;

interface Batch {
  readonly bytes: Buffer;
  readonly records: readonly Produced[];
}

interface Lane {
  readonly key: string;
  nextSequence: number;
  /** In order; all sent, none acknowledged. */
  waiting: Batch[];
  leader: SimMachine | undefined;
  /** Its log knows the producer: only then a gap is noticed. */
  isKnown: boolean;
  isBusy: boolean;
}

/**
 * An idempotent producer: sends the same bytes again, in order, until they are acknowledged, whatever it hears. So every
 * value may lie in the log once, in the order of its numbers.
 */
export class SimIdempotentProducer {
  readonly #client: SimClient;
  readonly #book: TopicBook;
  readonly #producerId: number;
  readonly #lanes = new Map<string, Lane>();
  onAcknowledged: (record: Produced) => void = () => {};

  constructor(client: SimClient, book: TopicBook, producerId: number) {
    this.#client = client;
    this.#book = book;
    this.#producerId = producerId;
  }

  start(meanPauseMs: number): void {
    for (let at = 0; at < 2; at++) this.#client.repeat(meanPauseMs, () => this.#round());
  }

  async #round(): Promise<void> {
    const { random } = this.#client;
    const place = this.#book.anyPartition(random);
    if (place === undefined) return;
    const lane = this.#laneOf(place.key);
    if (lane.isBusy) return;
    lane.isBusy = true;
    const wanted = lane.isKnown ? 1 + random.int(inFlightMax) : 1;
    while (lane.waiting.length < wanted) lane.waiting.push(this.#makeBatch(lane));
    const machine = lane.leader ?? this.#client.anyMachine();
    const sent = lane.isKnown ? lane.waiting : lane.waiting.slice(0, 1);
    const failed = await Promise.all(sent.map((batch) => this.#send(place, batch, machine)));
    const isSettled = (batch: Batch): boolean => batch.records[0]?.outcome === 'acknowledged';
    lane.isKnown ||= sent.some(isSettled);
    lane.waiting = lane.waiting.filter((batch) => !isSettled(batch));
    lane.leader = failed.includes(true) ? undefined : machine;
    lane.isBusy = false;
  }

  #laneOf(key: string): Lane {
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane: Lane = {
      key,
      nextSequence: 0,
      waiting: [],
      leader: undefined,
      isKnown: false,
      isBusy: false,
    };
    this.#lanes.set(key, lane);
    return lane;
  }

  #makeBatch(lane: Lane): Batch {
    const { world, name, random, clock } = this.#client;
    const records = Array.from({ length: 1 + random.int(3) }, () =>
      world.history.send(name, lane.key, 'all', world.nowMs),
    );
    const timestamp = clock.wallMs();
    const bytes = encodeBatch(
      records.map(({ value }) => ({ key: null, value: Buffer.from(value), timestamp })),
      { producerId: this.#producerId, producerEpoch: 0, baseSequence: lane.nextSequence },
    );
    lane.nextSequence += records.length;
    return { bytes, records };
  }

  /** True if it was not acknowledged. */
  async #send(place: BookedPartition, batch: Batch, machine: SimMachine): Promise<boolean> {
    const { world, name } = this.#client;
    const { topicId, partition } = place;
    const [first] = batch.records;
    const request = { kind: 'produce', topicId, partition, acks: 'all' } as const;
    try {
      const answer = await this.#client.ask(machine, { ...request, batches: batch.bytes });
      this.#settle(batch, answer as Answer);
      world.transcript.note(name, `acknowledged: ${first?.value} at ${first?.offset}`);
      return false;
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      const { code, outcome, message } = error;
      // It sends no more at once than are remembered, and leaves nothing out.
      if (code === 'OUT_OF_ORDER_SEQUENCE' && outcome === 'unknown') {
        world.violate(`${name}: ${first?.value} is neither known nor next: ${message}`);
      }
      for (const record of batch.records) record.outcome = 'unknown';
      world.transcript.note(name, `again: ${first?.value}, not by ${machine.host}: ${code}`);
      return true;
    }
  }

  #settle({ records }: Batch, { baseOffset, leaderEpoch }: Answer): void {
    for (const [index, record] of records.entries()) {
      record.outcome = 'acknowledged';
      record.offset = baseOffset + index;
      record.leaderEpoch = leaderEpoch;
      record.settledMs = this.#client.world.nowMs;
      this.onAcknowledged(record);
    }
  }
}
