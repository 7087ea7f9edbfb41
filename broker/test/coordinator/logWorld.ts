/** One internal partition as its leaders see it: what is committed survives them, what is not may or may not. */
import { endOffset, readBatchHeader, stampBatch } from '@millrace/core/batchHeader';
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { type Offset, toOffset } from '@millrace/core/ids';
import type { CoordinatorLog } from '../../src/coordinator/coordinatorLog.ts';
import type { Appended, AppendListener } from '../../src/replication/acknowledgements.ts';

interface Entry {
  readonly batch: Buffer;
  readonly end: Offset;
}

interface Unacknowledged {
  readonly appended: Appended;
  readonly listener: AppendListener;
}

export class LogWorld {
  /** The log that every later leader has. */
  readonly committed: Entry[] = [];
  #leader: LeaderLog | undefined;
  #epoch = 0;
  /** Commits as soon as it is appended. */
  isAutomatic = true;

  get epoch(): number {
    return this.#epoch;
  }

  get committedEnd(): Offset {
    return this.committed.at(-1)?.end ?? toOffset(0);
  }

  /** A new leader epoch. Of what the old one had not committed, `kept` batches are in the new log. */
  elect(kept = 0): LeaderLog {
    const tail = this.#leader?.depose(kept) ?? [];
    this.committed.push(...tail);
    this.#epoch += 1;
    this.#leader = new LeaderLog(this, this.#epoch);
    return this.#leader;
  }
}

export class LeaderLog implements CoordinatorLog {
  readonly name = '__test/0';
  readonly startOffset = toOffset(0);
  readonly batchBytesMax = 1 << 20;
  readonly leaderEpoch: number;
  refusal: MillraceError | undefined;
  /** Of the next append, which then is not made. */
  failNext: MillraceError | undefined;
  /** Bytes of one read. */
  readonly slices: number[] = [];
  readonly #world: LogWorld;
  #tail: Entry[] = [];
  #waiting: Unacknowledged[] = [];
  #isDeposed = false;

  constructor(world: LogWorld, leaderEpoch: number) {
    this.#world = world;
    this.leaderEpoch = leaderEpoch;
  }

  get appends(): number {
    return this.#tail.length;
  }

  append(batches: Buffer, listener: AppendListener): Appended {
    const error = this.failNext;
    this.failNext = undefined;
    if (error !== undefined) throw error;
    const baseOffset = this.#tail.at(-1)?.end ?? this.#world.committedEnd;
    for (let at = 0; at < batches.length; ) {
      const base = this.#tail.at(-1)?.end ?? this.#world.committedEnd;
      stampBatch(batches, at, base, this.leaderEpoch);
      const header = readBatchHeader(batches, at);
      const batch = batches.subarray(at, at + header.sizeBytes);
      this.#tail.push({ batch, end: endOffset(header) });
      at += header.sizeBytes;
    }
    const end = this.#tail.at(-1)?.end ?? baseOffset;
    const appended = { baseOffset, endOffset: end, leaderEpoch: this.leaderEpoch };
    this.#waiting.push({ appended, listener });
    if (this.#world.isAutomatic) queueMicrotask(() => this.commit());
    return appended;
  }

  /** All that is appended, while it leads. */
  commit(): void {
    if (this.#isDeposed) return;
    this.#world.committed.push(...this.#tail);
    this.#tail = [];
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { appended, listener } of waiting) listener.acknowledged(appended);
  }

  /** What waits fails, and stays in the log. */
  failWaiting(error: MillraceError): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { listener } of waiting) listener.failed(error);
  }

  /** Nobody tells it: its appends wait for ever. */
  depose(kept: number): readonly Entry[] {
    this.#isDeposed = true;
    return this.#tail.slice(0, kept);
  }

  openCursor(offset: Offset): ReturnType<CoordinatorLog['openCursor']> {
    let next = offset;
    return {
      next: async ({ bytesMax, before }) => {
        const buffers: Buffer[] = [];
        let bytes = 0;
        for (const { batch, end } of this.#world.committed) {
          if (end <= next || end > before || (bytes > 0 && bytes + batch.length > bytesMax))
            continue;
          buffers.push(batch);
          bytes += batch.length;
          next = end;
        }
        this.slices.push(bytes);
        await Promise.resolve();
        return { buffers, bytes, nextOffset: next, lastEpoch: this.leaderEpoch };
      },
    };
  }
}

export function notLeader(leader?: string): MillraceError {
  return millraceError('NOT_LEADER', 'led elsewhere', { leader });
}
