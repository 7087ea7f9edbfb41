/**
 * One partition as its leader sees it: who may append, what counts, what readers may see.
 *
 * Check and act are one synchronous call; whatever was awaited for, sync and high watermark, arrives through the log's
 * callbacks and finds the epoch that it was appended in, or fails its waiters (safety.md, rules 1, 2, 4, 14).
 * With one replica the maximal ISR is this copy alone.
 */
import { type BatchRules, checkBatches } from '@millrace/core/batchCheck';
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import { type Offset, type TopicId, toOffset } from '@millrace/core/ids';
import {
  copyName,
  type CopyName,
  type PartitionStatus,
} from '@millrace/core/resources/partitionAssignment';
import type { PartitionLog } from '../log/partitionLog.ts';
import type { PartitionHost } from './partitionHost.ts';
import { WaitQueue } from './waitQueue.ts';

export type Acks = 'none' | 'leader' | 'all';

export type PartitionRole = 'leader' | 'follower' | 'offline';

export type Isolation = 'read-uncommitted' | 'read-committed';

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

/** Told when the read bound moves, and when the partition can't be read any more. */
export interface PartitionReader {
  readable(): void;
  closed(error: MillraceError): void;
}

export interface PartitionIdentity {
  readonly topicId: TopicId;
  readonly topicName: string;
  readonly partition: number;
}

export class Partition {
  readonly identity: PartitionIdentity;
  readonly log: PartitionLog;
  #leaderEpoch = -1;
  #highWatermark: Offset;
  #offline: MillraceError | undefined;
  #closed: MillraceError | undefined;
  readonly #host: PartitionHost | undefined;
  #role: PartitionRole = 'offline';
  #status: PartitionStatus | undefined;
  readonly #committed = new WaitQueue();
  readonly #durable = new WaitQueue();
  readonly #readers = new Set<PartitionReader>();
  /** Asked for a new leader epoch after a failed segment write has ended this one (rule 2). */
  onEpochLost: (error: MillraceError) => void = () => {};

  constructor(identity: PartitionIdentity, log: PartitionLog, host?: PartitionHost) {
    this.identity = identity;
    this.log = log;
    this.#host = host;
    this.#highWatermark = log.highWatermark;
    this.#offline = millraceError('LOADING', `${this.name} has no leader yet`);
    log.onDurable = () => this.#advance();
    log.onCut = (from, error) => this.#cut(from, error);
    log.onFailed = (error) => this.close(toMillraceError(error));
  }

  get name(): string {
    return `${this.identity.topicName}/${this.identity.partition}`;
  }

  get leaderEpoch(): number {
    return this.#leaderEpoch;
  }

  get highWatermark(): Offset {
    return this.#highWatermark;
  }

  /** Why it serves nobody; undefined while it leads. */
  get offline(): MillraceError | undefined {
    return this.#offline;
  }

  get role(): PartitionRole {
    return this.#role;
  }

  /** As the controller said it last. */
  get status(): PartitionStatus | undefined {
    return this.#status;
  }

  /** `<brokerId>:<copyId>`. */
  get copyName(): CopyName {
    if (this.#host === undefined) throw new Error(`${this.name} belongs to no broker`);
    return copyName(this.#host.brokerId, this.log.copyId);
  }

  /**
   * Takes the role that the controller's state gives to this copy. Ignores a partition epoch that is not higher; refuses
   * a leader epoch below what the copy has seen (rule 9).
   */
  applyStatus(status: PartitionStatus): void {
    const host = this.#host;
    if (host === undefined) throw new Error(`${this.name} belongs to no broker`);
    if (this.#status !== undefined && status.epoch <= this.#status.epoch) return;
    if (status.leaderEpoch < this.log.lastEpoch) return;
    this.#status = status;
    if (status.leader === `${this.copyName}:${host.bootId}`) {
      if (status.leaderEpoch > this.#leaderEpoch) this.lead(status.leaderEpoch);
      return;
    }
    const isReplica =
      status.replicas.includes(host.brokerId) || status.adding.includes(host.brokerId);
    this.#role = isReplica ? 'follower' : 'offline';
    this.takeOffline(millraceError('NOT_LEADER', `${this.name} is led elsewhere`));
  }

  /** Leads from now on, in an epoch above every earlier one. */
  lead(leaderEpoch: number): void {
    if (leaderEpoch <= this.#leaderEpoch) {
      throw new RangeError(`${this.name}: epoch ${leaderEpoch} after ${this.#leaderEpoch}`);
    }
    if (this.#closed !== undefined) return;
    this.#leaderEpoch = leaderEpoch;
    this.#role = 'leader';
    this.#offline = undefined;
    this.#advance();
  }

  /** Serves nobody until it leads again. */
  takeOffline(error: MillraceError): void {
    this.#offline = error;
  }

  /**
   * Appends batches of a client, which this call checks and stamps in place. `buffer` is the log's from here on.
   * Throws what checkBatches throws, and the reason why the partition is offline, always `not-applied`.
   */
  append(buffer: Buffer, acks: Acks, rules: BatchRules, listener: AppendListener): Appended {
    if (this.#offline !== undefined) throw this.#offline;
    const headers = checkBatches(buffer, rules);
    const leaderEpoch = this.#leaderEpoch;
    const { baseOffset, endOffset } = this.log.appendAsLeader(buffer, headers, leaderEpoch);
    const appended = { baseOffset, endOffset, leaderEpoch };
    const queue = acks === 'all' ? this.#committed : this.#durable;
    queue.add({
      start: baseOffset,
      end: endOffset,
      reached: () => listener.acknowledged(appended),
      // Its first batches were written, the rest was cut: a retry could duplicate them.
      failed: (error, kept) => {
        const failure = toMillraceError(error);
        const { code, message } = failure;
        listener.failed(
          kept === 'nothing'
            ? failure
            : millraceError(code, message, { outcome: 'unknown', cause: error }),
        );
      },
    });
    return appended;
  }

  /** Exclusive; nothing at or past it is shown to consumers (rule 14). */
  readBound(_isolation: Isolation): Offset {
    return this.#highWatermark;
  }

  addReader(reader: PartitionReader): void {
    if (this.#closed === undefined) this.#readers.add(reader);
    else reader.closed(this.#closed);
  }

  removeReader(reader: PartitionReader): void {
    this.#readers.delete(reader);
  }

  /** For good: the topic is deleted, the disk failed or the broker stops. What waits fails with `error`. */
  close(error: MillraceError): void {
    this.#offline = error;
    this.#closed = error;
    const unknown = millraceError(error.code, error.message, { outcome: 'unknown' });
    this.#committed.failAbove(toOffset(0), unknown);
    this.#durable.failAbove(toOffset(0), unknown);
    const readers = [...this.#readers];
    this.#readers.clear();
    for (const reader of readers) reader.closed(error);
  }

  #advance(): void {
    const durableEnd = this.log.durableEndOffset;
    this.#durable.advance(durableEnd);
    // The slowest in-sync replica bounds what consumers see: a record past this point could vanish if the leader
    // failed now. This copy is the whole ISR.
    if (durableEnd <= this.#highWatermark) return;
    this.#highWatermark = durableEnd;
    this.log.highWatermark = durableEnd;
    this.#committed.advance(durableEnd);
    for (const reader of this.#readers) reader.readable();
  }

  #cut(from: Offset, cause: Error): void {
    const error = toMillraceError(cause);
    this.#offline = millraceError('PARTITION_OFFLINE', `${this.name}: ${error.message}`, { cause });
    this.#committed.failAbove(from, error);
    this.#durable.failAbove(from, error);
    this.onEpochLost(error);
  }
}
