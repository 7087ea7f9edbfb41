/**
 * A partition that this broker follows: what it has received, what it tells the leader, and how it comes back to the
 * leader's history when they have diverged. One leader epoch at a time, one handle at a time.
 */
import { checkBatchesFromLog } from '@millrace/core/batchCheck';
import { millraceError, toMillraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import type { FollowAck, FollowData, FollowStatus } from '@millrace/core/messages/follow';
import { LogCorruptError } from '../log/logCorruptError.ts';
import type { CopyLoss } from './copyLoss.ts';
import { EmptyBeginning } from './emptyBeginning.ts';
import { LaneChoice } from './laneChoice.ts';
import type { FollowedLeader, Partition } from './partition.ts';
import type { PartitionHost } from './partitionHost.ts';
import { truncationTarget } from './truncation.ts';

/**
 * `asking`: the leader has not said yet whether this log is a prefix of its own; `flowing`: it has, and data follows;
 * `truncating`; `recording` what a copy that begins empty must remember; `halted`: not before the state of the partition changes. Refused otherwise, it is detached for a while.
 */
export type FollowPhase = 'detached' | 'asking' | 'flowing' | 'truncating' | 'recording' | 'halted';

/** The stream that it is on, as it uses it. */
export interface FollowCarrier {
  /** An ack of it is due. */
  ackDue(followed: FollowedPartition): void;
  /** Bytes of batches that are out of memory, or were not wanted. */
  release(bytes: number): void;
  /** Forget the handle and begin with a new one, after a while. */
  startOver(followed: FollowedPartition): void;
  /** Lane and distance no longer match. */
  laneChanged(followed: FollowedPartition): void;
}

export interface FollowedPartitionParts {
  readonly host: PartitionHost;
  readonly onCopyLost: (partition: Partition, why: CopyLoss) => void;
}

export class FollowedPartition {
  readonly partition: Partition;
  readonly leader: FollowedLeader;
  readonly lane: LaneChoice;
  /** On its stream; -1: none. */
  handle = -1;
  readonly #parts: FollowedPartitionParts;
  readonly #beginnings: EmptyBeginning;
  #phase: FollowPhase = 'detached';
  #carrier: FollowCarrier | undefined;
  /** Received and not yet in the segments. */
  #heldBytes = 0;
  #leaderHighWatermark = 0 as Offset;
  #isRaisingLogStart = false;
  #attempts = 0;

  constructor(partition: Partition, leader: FollowedLeader, parts: FollowedPartitionParts) {
    this.partition = partition;
    this.leader = leader;
    this.#parts = parts;
    this.#beginnings = new EmptyBeginning(partition, parts.host);
    this.lane = new LaneChoice(partition.isr.includes(partition.copyName) ? 'tail' : 'catchup');
  }

  get phase(): FollowPhase {
    return this.#phase;
  }

  /** How often it was refused in a row, before this. */
  nextAttempt(): number {
    return this.#attempts++;
  }

  /** On a stream, under a new handle: the first ack asks. False while it can't. */
  attach(carrier: FollowCarrier, handle: number): boolean {
    if (this.partition.isTruncating || this.#phase === 'halted') return false;
    this.#carrier = carrier;
    this.handle = handle;
    this.#phase = 'asking';
    return true;
  }

  /** The stream is gone, or another one takes it. */
  detach(): void {
    this.#release(this.#heldBytes);
    this.#carrier = undefined;
    this.handle = -1;
    if (this.#phase !== 'truncating' && this.#phase !== 'halted') this.#phase = 'detached';
  }

  /** Whether an ack may be sent now. */
  get mayAck(): boolean {
    return this.#phase === 'asking' || this.#phase === 'flowing';
  }

  /** See Fetch. */
  get removedBelow(): number {
    return this.#beginnings.removedBelow;
  }

  /** What it tells the leader: the end of its log, and how much of it is durable. */
  position(): FollowAck {
    const { log } = this.partition;
    return {
      handle: this.handle,
      leaderEpoch: this.leader.leaderEpoch,
      fetchOffset: log.logEndOffset,
      lastFetchedEpoch: log.lastEpoch,
      durableEnd: log.durableEndOffset,
    };
  }

  received(data: FollowData): void {
    let bytes = 0;
    for (const batches of data.batches) bytes += batches.length;
    // Of before a status, or of an epoch that is not this one: positions are asked for again.
    if (!this.mayAck || data.leaderEpoch !== this.leader.leaderEpoch) {
      this.#carrier?.release(bytes);
      return;
    }
    const wasAsking = this.#phase === 'asking';
    if (this.#beginnings.isNews(data.tombstonesRemovedBelow)) {
      this.#carrier?.release(bytes);
      this.#record(this.#beginnings.save(data.tombstonesRemovedBelow));
      return;
    }
    if (bytes > 0 && this.#beginnings.isOver) {
      this.#carrier?.release(bytes);
      this.#record(this.#beginnings.end());
      return;
    }
    this.#phase = 'flowing';
    if (bytes > 0) {
      this.#heldBytes += bytes;
      if (!this.#append(data, bytes)) return;
      // Positions alone are no progress: a leader that is damaged there tells them every time.
      this.#attempts = 0;
    }
    this.#leaderHighWatermark = data.highWatermark;
    this.partition.followHighWatermark(data.highWatermark);
    if (data.logStart > this.partition.log.logStartOffset) this.#raiseLogStart(data.logStart);
    // Nothing counts before it is durable: an ack of the receipt would only be one message more.
    if (wasAsking) this.#carrier?.ackDue(this);
    if (this.lane.note(data.highWatermark - this.partition.log.logEndOffset)) {
      this.#carrier?.laneChanged(this);
    }
  }

  refused(status: FollowStatus): void {
    if (!this.mayAck) return;
    switch (status.code) {
      case 'DIVERGED':
        this.#diverged(status.epoch, status.endOffset);
        return;
      case 'RESET':
        this.#reset(status.logStart);
        return;
      case 'REGRESSED':
        this.#lose({ kind: 'regressed' });
        return;
      case 'FENCED':
      case 'UNKNOWN_EPOCH':
      case 'NOT_LEADER':
      case 'UNKNOWN_COPY':
        // An ack that crossed this may make the leader go on, from where nobody knows: what comes by this handle is void.
        this.#carrier?.startOver(this);
        return;
    }
  }

  /** Received bytes are in the segments and in the journal. */
  written(): void {
    this.partition.followHighWatermark(this.#leaderHighWatermark);
    const queuedBytes = this.partition.log.queuedBytes;
    if (this.#heldBytes > queuedBytes) this.#release(this.#heldBytes - queuedBytes);
  }

  /** The durable end has moved. */
  durable(): void {
    if (this.#phase === 'flowing') this.#carrier?.ackDue(this);
  }

  /** A failed write took what was received last: the leader's position is past the log end. */
  cut(): void {
    if (this.mayAck) this.#carrier?.startOver(this);
  }

  /** False if it was not taken, and the handle is over. */
  #append(data: FollowData, bytes: number): boolean {
    const { log } = this.partition;
    try {
      const refusal = this.#parts.host.directory.acceptsAppends();
      if (refusal !== undefined) throw refusal;
      const from = log.logEndOffset;
      for (const batches of data.batches) {
        const headers = checkBatchesFromLog(batches, log.logEndOffset, log.lastEpoch);
        const lastEpoch = headers.at(-1)?.leaderEpoch ?? -1;
        if (lastEpoch > data.leaderEpoch) {
          throw millraceError('CORRUPT_BATCH', `leader epoch ${lastEpoch} in ${data.leaderEpoch}`);
        }
        log.appendAsFollower(batches, headers);
      }
      this.lane.measured(bytes, log.logEndOffset - from);
      return true;
    } catch (error) {
      const { code, message } = toMillraceError(error);
      this.#parts.host.logger.warn('records of the leader are not taken', {
        partition: this.partition.name,
        code,
        cause: message,
      });
      this.#carrier?.startOver(this);
      return false;
    }
  }

  /** Durably, before a record is taken; then it asks anew. */
  #record(saved: Promise<void>): void {
    this.#phase = 'recording';
    const over = (): void => {
      if (this.#phase !== 'recording') return;
      this.#phase = 'detached';
      this.#carrier?.startOver(this);
    };
    saved.then(over, over);
  }

  #diverged(epoch: number, leaderEnd: Offset): void {
    const { partition } = this;
    const { log, status, highWatermark } = partition;
    const target = truncationTarget(
      {
        leaderEnd,
        ownEnd: log.endOfEpoch(epoch).endOffset,
        logEnd: log.logEndOffset,
        highWatermark,
        lastEpoch: log.lastEpoch,
        uncleanEpoch: status?.uncleanEpoch ?? -1,
      },
      this.#parts.host.rulesOff,
    );
    if (target === undefined) {
      this.#halt('its leader lacks records that are committed', { highWatermark, leaderEnd });
      return;
    }
    const isEmptied = log.logStartOffset === log.logEndOffset && log.lastEpoch > epoch;
    if (target >= log.logEndOffset && !isEmptied) {
      // Said of a position that is not this one any more.
      this.#carrier?.startOver(this);
      return;
    }
    this.#phase = 'truncating';
    const { logger } = this.#parts.host;
    const records = log.logEndOffset - target;
    logger.info('truncates what its leader never had', { partition: partition.name, records });
    partition.truncateTo(target).then(
      () => this.#truncated(),
      (error: unknown) => this.#notTruncated(error),
    );
  }

  #truncated(): void {
    if (this.#phase !== 'truncating') return;
    if (this.#carrier === undefined) {
      this.#phase = 'detached';
      return;
    }
    this.#phase = 'asking';
    this.#carrier.ackDue(this);
  }

  #notTruncated(error: unknown): void {
    if (this.#phase !== 'truncating') return;
    if (error instanceof LogCorruptError) {
      this.#lose({ kind: 'corrupt', error });
      return;
    }
    const { code, message } = toMillraceError(error);
    const { name } = this.partition;
    this.#parts.host.logger.warn('could not truncate', { partition: name, code, cause: message });
    this.#phase = 'detached';
    this.#carrier?.startOver(this);
  }

  #reset(logStart: Offset): void {
    const { partition } = this;
    const isInSync = partition.isr.includes(partition.copyName);
    if (isInSync && !this.#parts.host.rulesOff.has('reset-outside-isr')) {
      this.#halt('its leader has dropped records that this copy counts for', { logStart });
      return;
    }
    this.#lose({ kind: 'reset', logStart });
  }

  #lose(why: CopyLoss): void {
    this.#phase = 'halted';
    this.#parts.onCopyLost(this.partition, why);
  }

  #halt(why: string, fields: object): void {
    this.#phase = 'halted';
    this.#parts.host.logger.error(`a follower halts: ${why}`, {
      partition: this.partition.name,
      ...fields,
    });
  }

  #raiseLogStart(logStart: Offset): void {
    if (this.#isRaisingLogStart) return;
    this.#isRaisingLogStart = true;
    const { directory, logger } = this.#parts.host;
    directory.retention.follow(this.partition.log, logStart).then(
      () => {
        this.#isRaisingLogStart = false;
      },
      (error: unknown) => {
        this.#isRaisingLogStart = false;
        const { message } = toMillraceError(error);
        logger.warn('old segments stay', { partition: this.partition.name, cause: message });
      },
    );
  }

  #release(bytes: number): void {
    this.#heldBytes -= bytes;
    this.#carrier?.release(bytes);
  }
}
