/** What a fake leader knows of idempotent producers: as rule 15 of safety.md has it, in one map. */
import { type BatchHeader, SEQUENCES } from '@millrace/core/batchHeader';
import { type MillraceError, millraceError } from '@millrace/core/errors';

interface Known {
  readonly epoch: number;
  readonly first: number;
  readonly next: number;
  readonly baseOffset: number;
}

const REMEMBERED = 5;

export class FakeSequences {
  nextId = 7;
  /** By partition and producer id. */
  readonly #known = new Map<string, Known[]>();

  /** Where the batch is already; undefined: it is the next one. */
  check(partition: string, header: BatchHeader): number | MillraceError | undefined {
    const { producerId, producerEpoch, baseSequence } = header;
    const known = this.#known.get(`${partition} ${producerId}`) ?? [];
    const last = known.at(-1);
    if (producerId < 0 || last === undefined) return undefined;
    if (producerEpoch < last.epoch) return millraceError('PRODUCER_FENCED', 'an old epoch');
    const expected = producerEpoch > last.epoch ? 0 : last.next;
    if (baseSequence === expected) return undefined;
    const same = known.find(
      ({ epoch, first }) => epoch === producerEpoch && first === baseSequence,
    );
    if (same !== undefined) return same.baseOffset;
    const behind = (expected - baseSequence + SEQUENCES) % SEQUENCES;
    const outcome = behind < SEQUENCES / 2 ? 'unknown' : 'not-applied';
    const what = `${baseSequence} for ${expected} in epoch ${producerEpoch}`;
    return millraceError('OUT_OF_ORDER_SEQUENCE', what, { outcome });
  }

  note(partition: string, header: BatchHeader, baseOffset: number): void {
    const { producerId, producerEpoch: epoch, baseSequence: first, lastOffsetDelta } = header;
    const next = (first + lastOffsetDelta + 1) % SEQUENCES;
    const key = `${partition} ${producerId}`;
    const known = [...(this.#known.get(key) ?? []), { epoch, first, next, baseOffset }];
    this.#known.set(key, known.slice(-REMEMBERED));
  }

  /** As if the log had lost all but the first `batches` of each producer, and their records were somewhere else. */
  rewind(partition: string, batches: number): void {
    for (const [key, known] of this.#known) {
      if (key.startsWith(partition)) this.#known.set(key, known.slice(0, batches));
    }
  }

  /** As a leader does whose log ends before what this producer wrote, or that had too many of them. */
  forget(): void {
    this.#known.clear();
  }
}
