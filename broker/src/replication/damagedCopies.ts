/**
 * Copies that were found damaged by what was read of them (safety.md, rule 12). One that leads asks for another leader, again and again, until somebody else leads: only then it starts anew, so that nothing is given up while
 * nobody else is known to be in sync. Until then it goes on serving what it can.
 */
import { MillraceError, toMillraceError } from '@millrace/core/errors';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import { isUnreadable } from '../io/storageError.ts';
import { LogCorruptError } from '../log/logCorruptError.ts';
import type { CopyLoss } from './copyLoss.ts';
import type { Partition } from './partition.ts';
import { leaderBroker } from './partitionRole.ts';

const REPEAT_MS = 1000;

export interface DamagedCopiesParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asks the controller to elect another member, and to take this copy out of the ISR in the same change. May be lost. */
  readonly onDamaged: (partition: Partition) => void;
  readonly onCopyLost: (partition: Partition, why: CopyLoss) => void;
}

export class DamagedCopies {
  readonly #parts: DamagedCopiesParts;
  readonly #found = new Map<Partition, Error>();
  #timer: TimerHandle | undefined;

  constructor(parts: DamagedCopiesParts) {
    this.#parts = parts;
  }

  /** `partition` could not be read for a follower. */
  unreadable(partition: Partition, error: unknown): void {
    const { code, message } = toMillraceError(error);
    // Retention has passed it: the follower's next position gets an answer that says so.
    if (code === 'OFFSET_OUT_OF_RANGE' || this.#found.has(partition)) return;
    const { logger } = this.#parts;
    const { name, copyName: copy } = partition;
    if (!isDamage(error) || partition.role !== 'leader') {
      logger.error('a follower cannot be served', { partition: name, code, cause: message });
      return;
    }
    logger.error('a copy that leads is damaged: given up once another one in sync leads', {
      partition: name,
      copy,
      cause: message,
    });
    this.#resign(partition, error);
  }

  /** Compaction has met a batch that is not what was written. A copy that follows starts anew, at once if another one leads. */
  corrupt(partition: Partition, error: LogCorruptError): void {
    if (this.#found.has(partition)) return;
    this.#parts.logger.error('a copy is damaged: compaction could not read it', {
      partition: partition.name,
      copy: partition.copyName,
      cause: error.message,
    });
    if (partition.role === 'leader') {
      this.#resign(partition, error);
      return;
    }
    partition.damage = error;
    this.#found.set(partition, error);
    this.changed(partition);
  }

  #resign(partition: Partition, error: Error): void {
    this.#found.set(partition, error);
    partition.damage = error;
    this.#parts.onDamaged(partition);
    this.#repeatLater();
  }

  /** A state was applied. */
  changed(partition: Partition): void {
    const error = this.#found.get(partition);
    if (error === undefined || partition.role === 'leader') return;
    const { status } = partition;
    // Without a leader it may be the one that is wanted back.
    if (status === undefined || leaderBroker(status) === undefined) return;
    this.#found.delete(partition);
    this.#parts.onCopyLost(partition, { kind: 'corrupt', error });
  }

  forget(partition: Partition): void {
    this.#found.delete(partition);
  }

  stop(): void {
    this.#found.clear();
    this.#timer?.cancel();
  }

  #repeatLater(): void {
    this.#timer ??= this.#parts.clock.setTimer(REPEAT_MS, () => {
      this.#timer = undefined;
      for (const partition of this.#found.keys()) {
        if (partition.role === 'leader') this.#parts.onDamaged(partition);
      }
      if (this.#found.size > 0) this.#repeatLater();
    });
  }
}

/** A file that cannot be read, or that holds what was never written there; not a moment without descriptors. */
function isDamage(error: unknown): error is Error {
  if (error instanceof LogCorruptError) return true;
  return error instanceof MillraceError && isUnreadable(error.cause);
}
