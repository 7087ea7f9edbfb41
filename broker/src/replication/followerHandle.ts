import type { BootId, BrokerId, Offset } from '@millrace/core/ids';
import type { FollowVerdict } from '@millrace/core/messages/follow';
import type { CopyName } from '@millrace/core/resources/partitionAssignment';
import type { LogCursor, Slice } from '../log/partition/logCursor.ts';
import type { Partition } from './partition.ts';

/** The stream of a handle, as its partition uses it. */
export interface HandleStream {
  /** Followers may have more. */
  dataDue(handle: FollowerHandle): void;
  /** The high watermark has moved. */
  positionsDue(handle: FollowerHandle): void;
  statusDue(handle: FollowerHandle): void;
}

/**
 * One partition on one follower's stream, from the leader's side: how far it was sent. It flows in one leader epoch;
 * anything else pauses it until the follower tells its position anew.
 */
export class FollowerHandle {
  readonly number: number;
  /** `<topicId>/<partition>`. */
  readonly key: string;
  readonly broker: BrokerId;
  readonly bootId: BootId;
  readonly copy: CopyName;
  readonly stream: HandleStream;
  /** See Fetch. */
  readonly removedBelow: number;
  /** Up to where the follower has fetched, as it said last. */
  fetchOffset = 0 as Offset;
  /** To be told, and paused by. */
  status: FollowVerdict | undefined;
  /** Read from a file, and not sent yet. */
  slice: Slice | undefined;
  isReading = false;
  #partition: Partition | undefined;
  #cursor: LogCursor | undefined;
  #leaderEpoch = -1;
  #sentEnd = 0 as Offset;

  constructor(
    fields: Pick<
      FollowerHandle,
      'number' | 'key' | 'broker' | 'bootId' | 'copy' | 'stream' | 'removedBelow'
    >,
  ) {
    this.number = fields.number;
    this.key = fields.key;
    this.broker = fields.broker;
    this.bootId = fields.bootId;
    this.copy = fields.copy;
    this.stream = fields.stream;
    this.removedBelow = fields.removedBelow;
  }

  /** What it flows from; undefined while it is paused. */
  get partition(): Partition | undefined {
    return this.#partition;
  }

  /** Of its flow. */
  get leaderEpoch(): number {
    return this.#leaderEpoch;
  }

  /** Exclusive: what was sent, or is about to be. */
  get sentEnd(): Offset {
    return this.#sentEnd;
  }

  /** Whether there is something to send that is not being read already. */
  get hasData(): boolean {
    const partition = this.#partition;
    if (partition === undefined || this.isReading) return false;
    return this.slice !== undefined || this.#sentEnd < partition.readableEnd;
  }

  /** Data follows from here. Throws OFFSET_OUT_OF_RANGE. */
  start(partition: Partition, from: Offset): void {
    this.#cursor = partition.log.openCursor(from);
    this.#partition = partition;
    this.#leaderEpoch = partition.leaderEpoch;
    this.#sentEnd = from;
    this.slice = undefined;
    this.status = undefined;
  }

  pause(status: FollowVerdict | undefined): void {
    this.#partition = undefined;
    this.#cursor = undefined;
    this.slice = undefined;
    if (status === undefined) return;
    this.status = status;
    this.stream.statusDue(this);
  }

  /** What comes next, about `bytesMax` of it. Throws, or rejects with, what LogCursor.next does. */
  next(bytesMax: number): Slice | Promise<Slice> | undefined {
    const partition = this.#partition;
    const cursor = this.#cursor;
    if (partition === undefined || cursor === undefined) return undefined;
    const { slice } = this;
    if (slice !== undefined) {
      this.slice = undefined;
      return slice;
    }
    return cursor.next({ bytesMax, before: partition.readableEnd });
  }

  sent(slice: Slice): void {
    this.#sentEnd = slice.nextOffset;
  }

  /** True if `cursor` is still the one that it reads by: nothing has paused it meanwhile. */
  readsBy(cursor: LogCursor | undefined): boolean {
    return cursor !== undefined && cursor === this.#cursor;
  }

  get cursor(): LogCursor | undefined {
    return this.#cursor;
  }
}
