/**
 * One copy of one partition in its role: who may append, what counts, what readers may see.
 *
 * Check and act are one synchronous call; whatever was awaited for, sync and high watermark, arrives through the log's
 * callbacks and finds the epoch that it was appended in, or fails its waiters (safety.md, rules 1, 2, 4, 6, 9, 14).
 */
import { type BatchRules, checkBatches } from '@millrace/core/batchCheck';
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { BrokerId, Offset, TopicId } from '@millrace/core/ids';
import type { FollowVerdict } from '@millrace/core/messages/follow';
import {
  copyName,
  type CopyName,
  type PartitionStatus,
} from '@millrace/core/resources/partitionAssignment';
import type { PartitionLog } from '../log/partition/partitionLog.ts';
import type { Acks, Appended, AppendListener } from './acknowledgements.ts';
import { CopyRecord } from './copyRecord.ts';
import type { Fetch } from './fetchVerdict.ts';
import type { IsrAnswer, IsrChange } from './isrChange.ts';
import { leaderLogOf } from './leaderLog.ts';
import { Leadership } from './leadership.ts';
import type { PartitionHost } from './partitionHost.ts';
import type { PartitionLink } from './partitionLink.ts';
import { duplicateOf } from './idempotence.ts';
import { type PartitionReader, PartitionReaders } from './partitionReaders.ts';
import {
  type AssignedRole,
  assignedRole,
  leaderBroker,
  type PartitionRole,
} from './partitionRole.ts';
import type { ReplicationRulesOff } from './replicationRules.ts';

export type { Acks, Appended, AppendListener } from './acknowledgements.ts';
export type { PartitionReader } from './partitionReaders.ts';

export type Isolation = 'read-uncommitted' | 'read-committed';

export interface PartitionIdentity {
  readonly topicId: TopicId;
  readonly topicName: string;
  readonly partition: number;
}

/** Whom a follower follows. */
export interface FollowedLeader {
  readonly brokerId: BrokerId;
  readonly leaderEpoch: number;
}

export class Partition {
  readonly identity: PartitionIdentity;
  readonly log: PartitionLog;
  /** Asked for a new leader epoch after a failed segment write has ended this one (rule 2). */
  onEpochLost: (error: MillraceError) => void = () => {};
  /** Of Replication. */
  link: PartitionLink | undefined;
  /** It was found while the copy led; undefined: none is known of. */
  damage: Error | undefined;
  readonly #host: PartitionHost;
  readonly #rulesOff: ReplicationRulesOff;
  readonly #record: CopyRecord;
  readonly #readers = new PartitionReaders();
  readonly #leadership: Leadership;
  #status: PartitionStatus | undefined;
  #role: PartitionRole = 'offline';
  #leaderEpoch = -1;
  #highWatermark: Offset;
  #readableEnd: Offset;
  #isTruncating = false;
  #offline: MillraceError | undefined;
  #closed: MillraceError | undefined;

  constructor(identity: PartitionIdentity, log: PartitionLog, host: PartitionHost) {
    this.identity = identity;
    this.log = log;
    this.#host = host;
    this.#rulesOff = host.rulesOff;
    this.#record = new CopyRecord(log, host);
    this.#highWatermark = log.highWatermark;
    this.#readableEnd = log.writtenEndOffset;
    this.#leadership = new Leadership({
      name: this.name,
      log,
      host,
      record: this.#record,
      view: leaderLogOf(this),
      highWatermarkRaised: (highWatermark) => this.#raiseHighWatermark(highWatermark),
      isrDue: () => this.link?.isrDue(),
    });
    this.#offline = millraceError('LOADING', `${this.name} has no leader yet`);
    log.onWritten = (end) => this.#written(end);
    log.onDurable = () => this.#durable();
    log.onCut = (from, error) => this.#cut(from, error);
    log.onFailed = (error) => this.close(toMillraceError(error));
  }

  get name(): string {
    return `${this.identity.topicName}/${this.identity.partition}`;
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
    return copyName(this.#host.brokerId, this.log.copyId);
  }

  /** The epoch that it leads in, or led in last. */
  get leaderEpoch(): number {
    return this.#leaderEpoch;
  }

  get highWatermark(): Offset {
    return this.#highWatermark;
  }

  /** Exclusive: written and journaled, what followers may have. */
  get readableEnd(): Offset {
    return this.#readableEnd;
  }

  /** Nothing may be appended, and no position told, until the cut is durable. */
  get isTruncating(): boolean {
    return this.#isTruncating;
  }

  /** Why it does not lead, and takes no appends; undefined while it does. */
  get offline(): MillraceError | undefined {
    return this.#offline;
  }

  /** The ISR that is committed, as its leader knows it. */
  get isr(): readonly CopyName[] {
    return this.#status?.isr ?? [];
  }

  /** No leader of an older epoch is obeyed, and none may be reported (rule 9); -1 for none. */
  get adoptedEpoch(): number {
    return this.#record.adoptedEpoch;
  }

  /** Whom to follow; undefined if it leads, there is nobody, or this copy can't. */
  get following(): FollowedLeader | undefined {
    const status = this.#status;
    if (this.#role !== 'follower' || status === undefined) return undefined;
    const { leaderEpoch } = status;
    if (leaderEpoch < this.adoptedEpoch || this.log.failure !== undefined) return undefined;
    const brokerId = leaderBroker(status);
    if (brokerId === undefined || brokerId === this.#host.brokerId) return undefined;
    return { brokerId, leaderEpoch };
  }

  /**
   * Takes the role that the controller's state gives to this copy. A partition epoch that is not higher is ignored; a
   * leader epoch below one that the copy has seen or adopted is refused: the state is an older one (rule 9).
   */
  applyStatus(status: PartitionStatus): 'applied' | 'ignored' | 'refused' {
    if (this.#closed !== undefined) return 'ignored';
    if (this.#status !== undefined && status.epoch <= this.#status.epoch) return 'ignored';
    const isOlder = status.leaderEpoch < this.#seenEpoch;
    if (isOlder && !this.#rulesOff.has('lower-epoch-refused')) return 'refused';
    this.#status = status;
    const isInIsr = status.isr.includes(this.copyName);
    this.#record.note({ ...status, isInIsr }, () => this.#leadership.minIsrRecorded());
    // A copy that is being cut takes its role when that is done.
    if (!this.#isTruncating) this.#takeRole(status);
    return 'applied';
  }

  /** Recovery election: leaders of older epochs are dead to this copy from now on, durably once it resolves (rule 9). */
  async adoptEpoch(epoch: number): Promise<void> {
    const adopted = this.#record.adopt(epoch);
    if (this.#role === 'leader' && this.#leaderEpoch < this.adoptedEpoch) {
      this.#stopLeading(
        'offline',
        millraceError('NOT_LEADER', `${this.name}: its leader is being elected`),
      );
    }
    this.link?.stateChanged();
    await adopted;
  }

  /**
   * Appends batches of a client, which this call checks and stamps in place; `buffer` is the log's from here on. One that
   * is in the log already is answered as it was, once it counts (rule 15). Throws what checkBatches and duplicateOf throw,
   * why the partition does not lead, and NOT_ENOUGH_REPLICAS with acks=all.
   */
  append(buffer: Buffer, acks: Acks, rules: BatchRules, listener: AppendListener): Appended {
    if (this.#offline !== undefined) throw this.#offline;
    this.#leadership.checkAcks(acks);
    const headers = checkBatches(buffer, rules);
    const leaderEpoch = this.#leaderEpoch;
    const duplicate = duplicateOf(this.log.producers, headers, this.#rulesOff);
    if (duplicate !== undefined) {
      const { baseOffset, endOffset } = duplicate;
      const repeated = { baseOffset, endOffset, leaderEpoch };
      this.#leadership.repeated(repeated, acks, listener, this.#highWatermark);
      return repeated;
    }
    const { baseOffset, endOffset } = this.log.appendAsLeader(buffer, headers, leaderEpoch);
    const appended = { baseOffset, endOffset, leaderEpoch };
    this.#leadership.acknowledgements.add(appended, acks, listener);
    return appended;
  }

  /** Exclusive; nothing at or past it is shown to consumers (rule 14). */
  readBound(_isolation: Isolation): Offset {
    return this.#rulesOff.has('read-below-watermark') ? this.#readableEnd : this.#highWatermark;
  }

  /** Resolves once offsets of this partition may be told (rule 4). UNAVAILABLE after `timeoutMs`, or why it leads no more. */
  whenSettled(timeoutMs: number): Promise<void> {
    if (this.#offline !== undefined) return Promise.reject(this.#offline);
    return this.#leadership.whenSettled(timeoutMs);
  }

  addReader(reader: PartitionReader): void {
    if (this.#closed === undefined) this.#readers.add(reader);
    else reader.closed(this.#closed);
  }

  removeReader(reader: PartitionReader): void {
    this.#readers.remove(reader);
  }

  /** For good: the topic is deleted, the disk failed or the broker stops. What waits fails with `error`. */
  close(error: MillraceError): void {
    this.#closed = error;
    this.#stopLeading('offline', error);
    this.#leadership.acknowledgements.end(error);
    this.#readers.close(error);
    this.link?.stateChanged();
  }

  /** A follower's fetch; undefined: it passes. */
  fetch(fetch: Fetch): FollowVerdict | undefined {
    return this.#leadership.fetch(fetch);
  }

  /** Looks at who keeps up; called every quarter of replicaLagMsMax or so. */
  checkFollowers(nowMs: number): void {
    this.#leadership.checkFollowers(nowMs);
  }

  /** The change of the ISR that is to be sent now; it counts from here on (rule 5). */
  nextIsrChange(nowMs: number): IsrChange | undefined {
    return this.#leadership.nextIsrChange(nowMs);
  }

  isrChangeAnswered(change: IsrChange, answer: IsrAnswer, nowMs: number): void {
    this.#leadership.isrChangeAnswered(change, answer, nowMs);
  }

  /** Follower: what the leader says is committed, as far as it is written here: what is queued may yet be lost. */
  followHighWatermark(leaderHighWatermark: Offset): void {
    const end = this.log.writtenEndOffset;
    const highWatermark = leaderHighWatermark < end ? leaderHighWatermark : end;
    if (highWatermark > this.#highWatermark) this.#raiseHighWatermark(highWatermark);
  }

  /** Follower: ends the log at the batch boundary at or below `offset`, durably. Rejects if the log fails. */
  async truncateTo(offset: Offset): Promise<void> {
    this.#isTruncating = true;
    try {
      await this.log.truncateTo(offset);
    } finally {
      this.#isTruncating = false;
      const { writtenEndOffset, highWatermark } = this.log;
      if (writtenEndOffset < this.#readableEnd) this.#readableEnd = writtenEndOffset;
      if (highWatermark < this.#highWatermark) this.#highWatermark = highWatermark;
      if (this.#closed === undefined && this.#status !== undefined) this.#takeRole(this.#status);
    }
  }

  get #seenEpoch(): number {
    return Math.max(
      this.log.lastEpoch,
      this.#leaderEpoch,
      this.adoptedEpoch,
      this.#status?.leaderEpoch ?? -1,
    );
  }

  #takeRole(status: PartitionStatus): void {
    const { role, refusal } = this.#assignedRole(status);
    if (refusal !== undefined) {
      this.#stopLeading(role, refusal);
      if (role === 'offline') this.#readers.close(refusal);
    } else if (this.#leadership.leaderEpoch === status.leaderEpoch) {
      this.#leadership.change(status);
    } else this.#lead(status);
    this.link?.stateChanged();
  }

  #assignedRole(status: PartitionStatus): AssignedRole {
    const { failure } = this.log;
    if (failure !== undefined) return { role: 'offline', refusal: toMillraceError(failure) };
    const { brokerId, bootId } = this.#host;
    const self = { brokerId, bootId, copy: this.copyName };
    return assignedRole(status, self, this.name, this.#rulesOff);
  }

  #lead(status: PartitionStatus): void {
    this.#role = 'leader';
    this.#leaderEpoch = status.leaderEpoch;
    this.#leadership.begin(status, this.copyName, this.#highWatermark);
    this.#offline = undefined;
  }

  #stopLeading(role: PartitionRole, error: MillraceError): void {
    if (this.#role === 'leader') this.#leadership.end(error);
    this.#role = role;
    this.#offline = error;
  }

  #written(end: Offset): void {
    this.#readableEnd = end;
    this.link?.written();
  }

  #durable(): void {
    this.#leadership.durable();
    this.link?.durable();
  }

  #raiseHighWatermark(highWatermark: Offset): void {
    this.#highWatermark = highWatermark;
    this.log.highWatermark = highWatermark;
    this.#leadership.acknowledgements.committed(highWatermark);
    this.#readers.readable();
    this.link?.highWatermarkMoved();
  }

  #cut(from: Offset, cause: Error): void {
    const error = toMillraceError(cause);
    this.#leadership.acknowledgements.cut(from, error);
    this.link?.cut();
    if (this.#role !== 'leader') return;
    this.#offline = millraceError('PARTITION_OFFLINE', `${this.name}: ${error.message}`, { cause });
    this.onEpochLost(error);
  }
}
