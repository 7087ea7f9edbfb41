import type { BatchHeader } from '@millrace/core/batchHeader';
import { millraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';

/** Batches kept per producer; so many may be in flight per producer and partition (safety.md, rule 15). */
export const BATCHES_REMEMBERED = 5;
/** A producer that has written nothing for so long, while a process was up to see it, is forgotten. */
export const IDLE_MS_MAX = 86_400_000;
/** Sequences count records and wrap around to 0. */
const SEQUENCES = 2 ** 31;

/** What a batch says of its producer; the producer id is -1 where there is none. */
export type SequencedBatch = Pick<
  BatchHeader,
  'producerId' | 'producerEpoch' | 'baseSequence' | 'lastOffsetDelta'
>;

/** A batch of an idempotent producer and where it lies. */
export interface RememberedBatch {
  readonly epoch: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: Offset;
  /** Exclusive. */
  readonly endOffset: Offset;
}

export interface RememberedProducer {
  readonly producerId: number;
  /** Monotonic clock, milliseconds: when a batch was last noted. */
  readonly lastSeenMs: number;
  /** The newest, oldest first, at least one. */
  readonly batches: readonly RememberedBatch[];
}

interface Producer {
  lastSeenMs: number;
  /** Those that a loss of what is not written yet would bring back to the newest five are there too. */
  readonly batches: RememberedBatch[];
}

/**
 * What one log knows of its idempotent producers: epoch and newest batches of each (safety.md, rule 15). A function of
 * the batches in the log, in their order, but for the two bounds: number of producers, idle time. No IO.
 */
export class ProducerState {
  readonly #producersMax: number;
  /** The least recently noted first. */
  readonly #producers = new Map<number, Producer>();

  constructor(producersMax: number, remembered: readonly RememberedProducer[] = []) {
    this.#producersMax = producersMax;
    for (const { producerId, lastSeenMs, batches } of remembered.slice(-producersMax)) {
      this.#producers.set(producerId, { lastSeenMs, batches: [...batches] });
    }
  }

  get size(): number {
    return this.#producers.size;
  }

  /**
   * Where the same batch lies already; undefined: it is the next one, or its producer is unknown. Throws
   * OUT_OF_ORDER_SEQUENCE, `unknown` where the batch may have been appended too long ago to be remembered, and
   * PRODUCER_FENCED.
   */
  check(batch: SequencedBatch, nowMs: number): RememberedBatch | undefined {
    const { producerId, producerEpoch, baseSequence } = batch;
    const producer = this.#producers.get(producerId);
    const last = producer?.batches.at(-1);
    if (producer === undefined || last === undefined) return undefined;
    if (nowMs - producer.lastSeenMs > IDLE_MS_MAX) return undefined;
    if (producerEpoch < last.epoch) {
      const what = `producer ${producerId} of epoch ${producerEpoch}: epoch ${last.epoch} writes`;
      throw millraceError('PRODUCER_FENCED', what);
    }
    if (producerEpoch > last.epoch) {
      if (baseSequence === 0) return undefined;
      throw outOfOrder(batch, 0, 'not-applied');
    }
    const expected = following(last.lastSequence);
    if (baseSequence === expected) return undefined;
    const lastSequence = lastSequenceOf(batch);
    const same = producer.batches
      .slice(-BATCHES_REMEMBERED)
      .find(
        (known) =>
          known.epoch === producerEpoch &&
          known.firstSequence === baseSequence &&
          known.lastSequence === lastSequence,
      );
    if (same !== undefined) return same;
    const behind = (expected - baseSequence + SEQUENCES) % SEQUENCES;
    throw outOfOrder(batch, expected, behind < SEQUENCES / 2 ? 'unknown' : 'not-applied');
  }

  /**
   * The batch was appended at `baseOffset`, which is past all others. What lies at or past `writtenEnd` may be lost to a
   * failed write: what truncateTo needs then is kept.
   */
  note(batch: SequencedBatch, baseOffset: Offset, nowMs: number, writtenEnd = baseOffset): void {
    const { producerId, producerEpoch, baseSequence } = batch;
    if (producerId < 0 || baseSequence < 0) return;
    const producer = this.#producers.get(producerId) ?? { lastSeenMs: nowMs, batches: [] };
    const { batches } = producer;
    batches.push({
      epoch: producerEpoch,
      firstSequence: baseSequence,
      lastSequence: lastSequenceOf(batch),
      baseOffset,
      endOffset: (baseOffset + batch.lastOffsetDelta + 1) as Offset,
    });
    while (isNotNeeded(batches, writtenEnd)) batches.shift();
    producer.lastSeenMs = nowMs;
    // To the end: the order is that of the last batches.
    this.#producers.delete(producerId);
    this.#producers.set(producerId, producer);
    this.#forget(nowMs);
  }

  /** The log ends at `offset`, at or past the written end of the last note. */
  truncateTo(offset: Offset): void {
    for (const [producerId, { batches }] of this.#producers) {
      while ((batches.at(-1)?.baseOffset ?? -1) >= offset) batches.pop();
      if (batches.length === 0) this.#producers.delete(producerId);
    }
    const kept = [...this.#producers].sort(
      ([, left], [, right]) => lastBase(left) - lastBase(right),
    );
    this.#producers.clear();
    for (const [producerId, producer] of kept) this.#producers.set(producerId, producer);
  }

  /** By rising offset of their last batches. */
  remembered(): RememberedProducer[] {
    return Array.from(this.#producers, ([producerId, { lastSeenMs, batches }]) => ({
      producerId,
      lastSeenMs,
      batches: batches.slice(-BATCHES_REMEMBERED),
    }));
  }

  #forget(nowMs: number): void {
    for (const [producerId, { lastSeenMs }] of this.#producers) {
      const isIdle = nowMs - lastSeenMs > IDLE_MS_MAX;
      if (!isIdle && this.#producers.size <= this.#producersMax) return;
      this.#producers.delete(producerId);
    }
  }
}

/** Whether five newer ones stay, whatever is lost past `writtenEnd`. */
function isNotNeeded(batches: readonly RememberedBatch[], writtenEnd: Offset): boolean {
  if (batches.length <= BATCHES_REMEMBERED) return false;
  const fifthAfter = batches[BATCHES_REMEMBERED];
  return fifthAfter !== undefined && fifthAfter.endOffset <= writtenEnd;
}

function lastBase({ batches }: Producer): number {
  return batches.at(-1)?.baseOffset ?? -1;
}

function lastSequenceOf({ baseSequence, lastOffsetDelta }: SequencedBatch): number {
  return (baseSequence + lastOffsetDelta) % SEQUENCES;
}

function following(sequence: number): number {
  return (sequence + 1) % SEQUENCES;
}

function outOfOrder(
  { producerId, producerEpoch, baseSequence }: SequencedBatch,
  expected: number,
  outcome: 'not-applied' | 'unknown',
): Error {
  return millraceError(
    'OUT_OF_ORDER_SEQUENCE',
    `producer ${producerId} of epoch ${producerEpoch} sends sequence ${baseSequence}, expected ${expected}`,
    { outcome },
  );
}
