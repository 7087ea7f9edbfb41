/** Commits of one member: one request on its way at a time, so that a late one never overtakes what it is behind. */
import { partitionOf, topicOf } from '@millrace/core/assignors/partitionRef';
import { type ErrorCode, type MillraceError, toMillraceError } from '@millrace/core/errors';
import type { CommitOffsetsResponse__Output } from '@millrace/proto/generated/millrace/v1/CommitOffsetsResponse';
import type { OffsetToCommit } from '@millrace/proto/generated/millrace/v1/OffsetToCommit';
import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs, RECONNECT_BACKOFF } from '../backoff.ts';
import type { Logger } from '../logger.ts';
import { fromWireError } from '../remoteError.ts';
import type { OwnedPartition } from './ownedPartition.ts';

/** What is to be committed of one partition. */
export interface CommitTarget {
  readonly owned: OwnedPartition;
  /** Of the next record to process. */
  readonly offset: number;
  readonly leaderEpoch?: number | undefined;
  /** At most 4 KiB. */
  readonly metadata?: string | undefined;
}

export interface CommitterContext {
  readonly send: (
    offsets: OffsetToCommit[],
    direction: 'forward' | 'rewind',
  ) => Promise<CommitOffsetsResponse__Output>;
  /** It belongs to another member. */
  readonly disowned: (owned: OwnedPartition, error: MillraceError) => void;
  readonly logger: Logger;
}

const OFFSETS_PER_REQUEST_MAX = 10_000;
const DISOWNED: ReadonlySet<ErrorCode> = new Set(['NOT_OWNER', 'FENCED_MEMBER_EPOCH']);
/** There is nothing left to commit to: the topic was deleted, or somebody has committed further on. */
const POINTLESS: ReadonlySet<ErrorCode> = new Set([
  'UNKNOWN_TOPIC',
  'UNKNOWN_PARTITION',
  'OFFSET_BEHIND',
]);

export class Committer {
  readonly #context: CommitterContext;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(context: CommitterContext) {
    this.#context = context;
  }

  get isBusy(): boolean {
    return this.#waiting > 0;
  }

  /**
   * Resolves once all that `targets` tells, asked when it is this one's turn, is committed; partitions that are lost
   * meanwhile are left out. Tried again until `deadlineMs` (monotonic). Rejects with a MillraceError.
   */
  commit(targets: () => readonly CommitTarget[], deadlineMs: number): Promise<void> {
    this.#waiting += 1;
    const turn = this.#last.then(() => this.#commit(targets, deadlineMs));
    this.#last = turn
      .catch(() => {})
      .finally(() => {
        this.#waiting -= 1;
      });
    return turn;
  }

  async #commit(targets: () => readonly CommitTarget[], deadlineMs: number): Promise<void> {
    for (let failures = 0; ; ) {
      const open = targets().filter(isOpen);
      if (open.length === 0) return;
      const failure = await this.#attempt(open);
      if (failure === undefined) return;
      failures += 1;
      const askedForMs = failure.code === 'UNAVAILABLE' ? 0 : failure.retryAfterMs;
      const delayMs = backoffMs(failures, Math.random(), askedForMs, RECONNECT_BACKOFF);
      if (!mayPass(failure) || performance.now() + delayMs >= deadlineMs) throw failure;
      this.#context.logger.debug(`commit: ${failure.message}`, { code: failure.code });
      await delay(delayMs);
    }
  }

  async #attempt(open: readonly CommitTarget[]): Promise<MillraceError | undefined> {
    const back = open.filter(({ owned, offset }) => offset < (owned.committed ?? 0));
    const forward = open.filter((target) => !back.includes(target));
    try {
      return (await this.#send(forward, 'forward')) ?? (await this.#send(back, 'rewind'));
    } catch (thrown) {
      return toMillraceError(thrown);
    }
  }

  /** The first failure of a partition that matters. */
  async #send(
    targets: readonly CommitTarget[],
    direction: 'forward' | 'rewind',
  ): Promise<MillraceError | undefined> {
    let failure: MillraceError | undefined;
    for (let at = 0; at < targets.length; at += OFFSETS_PER_REQUEST_MAX) {
      const some = targets.slice(at, at + OFFSETS_PER_REQUEST_MAX);
      const { partitions } = await this.#context.send(some.map(offsetToCommit), direction);
      for (const [index, target] of some.entries()) {
        const answer = partitions[index];
        const error = answer?.error == null ? undefined : fromWireError(answer.error);
        failure ??= this.#answered(target, error);
      }
    }
    return failure;
  }

  #answered(
    { owned, offset }: CommitTarget,
    error: MillraceError | undefined,
  ): MillraceError | undefined {
    if (error === undefined) {
      owned.passed(offset);
      return undefined;
    }
    if (DISOWNED.has(error.code)) {
      this.#context.disowned(owned, error);
      return undefined;
    }
    if (!POINTLESS.has(error.code)) return error;
    this.#context.logger.warn(`commit: ${error.message}`, { code: error.code });
    owned.passed(offset);
    return undefined;
  }
}

function isOpen({ owned, offset, metadata }: CommitTarget): boolean {
  return owned.mayCommit && (owned.committed !== offset || metadata !== undefined);
}

function offsetToCommit({ owned, offset, leaderEpoch, metadata }: CommitTarget): OffsetToCommit {
  return {
    topicId: topicOf(owned.ref),
    partition: partitionOf(owned.ref),
    offset,
    ...(leaderEpoch === undefined ? {} : { leaderEpoch }),
    metadata: metadata ?? '',
  };
}

/** The one that waits for its commit decides how long; the session goes on beside it. */
function mayPass(error: MillraceError): boolean {
  return error.retriable || error.code === 'INTERNAL';
}
