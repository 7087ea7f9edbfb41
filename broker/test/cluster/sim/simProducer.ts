import { BatchBuilder } from '@millrace/core/batchWriter';
import { MillraceError } from '@millrace/core/errors';
import type { Acks } from '../../../src/replication/partition.ts';
import type { Produced as Answer } from './clientMessages.ts';
import type { ClusterWorld } from './clusterWorld.ts';
import type { Produced } from './history.ts';
import type { SimClient } from './simClient.ts';
import type { SimMachine } from './simMachine.ts';
import type { BookedPartition, TopicBook } from './topicBook.ts';

/** Sends records, each value once; what becomes of each goes into the history. */
export class SimProducer {
  readonly #client: SimClient;
  readonly #world: ClusterWorld;
  readonly #book: TopicBook;
  readonly #builder = new BatchBuilder();
  readonly #leaders = new Map<string, SimMachine>();
  /** Order holds within a connection: behind a break the producer is another one. */
  #incarnation = 0;
  onAcknowledged: (record: Produced) => void = () => {};

  constructor(client: SimClient, book: TopicBook) {
    this.#client = client;
    this.#world = client.world;
    this.#book = book;
    client.onDisconnected = () => {
      this.#incarnation += 1;
    };
  }

  /** A few requests in flight at once. */
  start(inFlight: number, meanPauseMs: number): void {
    for (let lane = 0; lane < inFlight; lane++) {
      this.#client.repeat(meanPauseMs, () => this.#produce());
    }
  }

  async #produce(): Promise<void> {
    const { random } = this.#client;
    const place = this.#book.anyPartition(random);
    if (place === undefined) return;
    const machine = this.#leaders.get(place.key) ?? this.#client.anyMachine();
    const dice = random.int(20);
    const acks: Acks = dice < 2 ? 'leader' : dice === 2 ? 'none' : 'all';
    const records = this.#makeRecords(place, acks);
    for (const { value } of records) {
      this.#builder.append(this.#client.clock.wallMs(), null, Buffer.from(value));
    }
    const { topicId, partition } = place;
    const batches = this.#builder.finish();
    try {
      const answer = await this.#client.ask(machine, {
        kind: 'produce',
        topicId,
        partition,
        acks,
        batches,
      });
      this.#leaders.set(place.key, machine);
      this.#settle(records, answer as Answer);
    } catch (error) {
      this.#leaders.delete(place.key);
      this.#failed(records, machine, error);
    }
  }

  #makeRecords({ key }: BookedPartition, acks: Acks): Produced[] {
    const producer = `${this.#client.name}.${this.#incarnation}`;
    const count = 1 + this.#client.random.int(3);
    return Array.from({ length: count }, () =>
      this.#world.history.send(producer, key, acks, this.#world.nowMs),
    );
  }

  #settle(records: readonly Produced[], { baseOffset, leaderEpoch }: Answer): void {
    for (const [index, record] of records.entries()) {
      record.outcome = 'acknowledged';
      record.offset = baseOffset + index;
      record.leaderEpoch = leaderEpoch;
      record.settledMs = this.#world.nowMs;
      this.onAcknowledged(record);
    }
    const [first] = records;
    const what = `${first?.value} to +${records.length - 1}, acks ${first?.acks}`;
    this.#world.transcript.note(
      this.#client.name,
      `acknowledged: ${what}, at ${baseOffset}, epoch ${leaderEpoch}`,
    );
  }

  #failed(records: readonly Produced[], machine: SimMachine, error: unknown): void {
    if (!(error instanceof MillraceError)) throw error;
    const outcome = error.outcome === 'not-applied' ? 'not-applied' : 'unknown';
    for (const record of records) {
      record.outcome = outcome;
      record.settledMs = this.#world.nowMs;
    }
    this.#world.transcript.note(
      this.#client.name,
      `${outcome}: ${records[0]?.value} by ${machine.host}: ${error.code} ${error.message}`,
    );
  }
}
