import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import { type Offset, toOffset } from '@millrace/core/ids';
import { type OffsetWaiter, WaitQueue } from './waitQueue.ts';

export type Acks = 'none' | 'leader' | 'all';

export interface Appended {
  readonly baseOffset: Offset;
  readonly endOffset: Offset;
  readonly leaderEpoch: number;
}

export interface AppendListener {
  /** Durable on as many copies as `acks` asks for. */
  acknowledged(appended: Appended): void;
  /** Its `outcome` says whether the records may be in the log. */
  failed(error: MillraceError): void;
}

/** Appends of one leader epoch that wait for their acknowledgement. */
export class Acknowledgements {
  readonly #committed = new WaitQueue();
  readonly #durable = new WaitQueue();

  add(appended: Appended, acks: Acks, listener: AppendListener): void {
    const queue = acks === 'all' ? this.#committed : this.#durable;
    queue.add(waiterOf(appended, listener));
  }

  /** A batch that is in the log already waits as the one before it did: until `ends` are past it (rule 15). */
  addDuplicate(
    appended: Appended,
    acks: Acks,
    listener: AppendListener,
    ends: { readonly committed: Offset; readonly durable: Offset },
  ): void {
    const isCommitted = acks === 'all';
    const queue = isCommitted ? this.#committed : this.#durable;
    const reached = isCommitted ? ends.committed : ends.durable;
    if (appended.endOffset <= reached) listener.acknowledged(appended);
    else queue.insert(waiterOf(appended, listener));
  }

  /** Of this copy alone. */
  durable(end: Offset): void {
    this.#durable.advance(end);
  }

  /** The high watermark. */
  committed(end: Offset): void {
    this.#committed.advance(end);
  }

  /** What was appended from `from` on is not in the log. */
  cut(from: Offset, error: MillraceError): void {
    this.#committed.failAbove(from, error);
    this.#durable.failAbove(from, error);
  }

  /** The epoch is over: whether the records stay in the log is not known. */
  end(error: MillraceError): void {
    this.cut(toOffset(0), unknownOutcome(error));
  }

  /** Too few are in sync for what waits for them, which is in the log. */
  failCommitted(error: MillraceError): void {
    this.#committed.failAbove(toOffset(0), error);
  }
}

function waiterOf(appended: Appended, listener: AppendListener): OffsetWaiter {
  return {
    start: appended.baseOffset,
    end: appended.endOffset,
    reached: () => listener.acknowledged(appended),
    // Its first batches were written, the rest was cut: a retry could duplicate them.
    failed: (error, kept) => {
      const failure = toMillraceError(error);
      listener.failed(kept === 'nothing' ? failure : unknownOutcome(failure));
    },
  };
}

function unknownOutcome(error: MillraceError): MillraceError {
  if (error.outcome === 'unknown') return error;
  const { code, message, leader } = error;
  return millraceError(code, message, { outcome: 'unknown', leader, cause: error });
}
