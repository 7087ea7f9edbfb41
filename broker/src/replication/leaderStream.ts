/**
 * A follower's stream, from the leader's side. It is pushed to as records are written, while credit lasts, round robin
 * over its partitions; what a tick has for it leaves as one message. What a follower does not take costs a position.
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { ClusterId } from '@millrace/core/ids';
import type {
  FollowAck,
  FollowAdd,
  FollowData,
  FollowHello,
  FollowRequest,
  FollowResponse,
  FollowStatus,
} from '@millrace/core/messages/follow';
import { copyName } from '@millrace/core/resources/partitionAssignment';
import type { PeerStream } from '../cluster/peerTransport.ts';
import type { TimerHandle } from '../io/clock.ts';
import type { Slice } from '../log/partition/logCursor.ts';
import { checkedSlice } from './checkedSlice.ts';
import { FollowerHandle, type HandleStream } from './followerHandle.ts';
import type { Partition } from './partition.ts';
import type { PartitionHost } from './partitionHost.ts';
import type { ReplicaMember } from './replicaMember.ts';

const MESSAGE_BYTES_MAX = 1 << 20;
const PARTITION_BYTES_MAX = 256 << 10;
const MESSAGE_ENTRIES_MAX = 1024;
/** Slices from files that wait to be sent: what a follower without credit can pin. */
const READS_MAX = 4;
/** A moved high watermark leaves within 10 ms, timers are late. */
const POSITIONS_MS = 5;
const CREDIT_MAX = 1 << 30;

export interface LeaderStreamParts {
  readonly host: PartitionHost;
  readonly clusterId: ClusterId;
  /** By `<topicId>/<partition>`. */
  readonly memberOf: (key: string) => ReplicaMember | undefined;
  /** Partitions that one follower can have. */
  readonly handlesMax: () => number;
  readonly onUnreadable: (partition: Partition, error: unknown) => void;
  readonly onClosed: (stream: LeaderStream) => void;
}

export class LeaderStream implements HandleStream {
  readonly #peer: PeerStream<FollowResponse, FollowRequest>;
  readonly #parts: LeaderStreamParts;
  readonly #handles = new Map<number, FollowerHandle>();
  readonly #keys = new Set<string>();
  /** Round robin. */
  readonly #ready = new Set<FollowerHandle>();
  /** Behind memory, while READS_MAX others are being read. */
  readonly #waiting = new Set<FollowerHandle>();
  readonly #statuses = new Set<FollowerHandle>();
  readonly #positions = new Set<FollowerHandle>();
  #hello: FollowHello | undefined;
  #lastHandle = -1;
  #credit = 0;
  #reads = 0;
  #isCongested = false;
  #isArmed = false;
  #arePositionsDue = false;
  #timer: TimerHandle | undefined;
  #isClosed = false;

  constructor(peer: PeerStream<FollowResponse, FollowRequest>, parts: LeaderStreamParts) {
    this.#peer = peer;
    this.#parts = parts;
    peer.onMessage((message) => this.#received(message));
    peer.onDrain(() => {
      this.#isCongested = false;
      this.#arm();
    });
    peer.onClosed(() => this.#ended());
  }

  close(error: MillraceError): void {
    if (this.#isClosed) return;
    this.#ended();
    this.#peer.close(error);
  }

  dataDue(handle: FollowerHandle): void {
    if (!handle.hasData) return;
    this.#ready.add(handle);
    this.#arm();
  }

  positionsDue(handle: FollowerHandle): void {
    if (handle.partition === undefined) return;
    this.#positions.add(handle);
    this.#timer ??= this.#parts.host.clock.setTimer(POSITIONS_MS, () => {
      this.#timer = undefined;
      this.#arePositionsDue = true;
      this.#arm();
    });
  }

  statusDue(handle: FollowerHandle): void {
    this.#statuses.add(handle);
    this.#arm();
  }

  #received(message: FollowRequest): void {
    if (this.#isClosed) return;
    try {
      this.#take(message);
    } catch (error) {
      const refusal = toMillraceError(error);
      this.#parts.host.logger.warn('a follower is cut off', {
        broker: this.#hello?.from,
        code: refusal.code,
        cause: refusal.message,
      });
      this.close(refusal);
    }
  }

  #take(message: FollowRequest): void {
    const hello = this.#greeted(message.hello);
    this.#credit += message.creditBytes;
    if (this.#credit > CREDIT_MAX) throw wrong(`${this.#credit} bytes of credit`);
    for (const number of message.drop) this.#drop(number);
    for (const add of message.add) this.#add(add, hello);
    for (const ack of message.ack) this.#acked(ack);
    if (message.creditBytes > 0 && this.#ready.size > 0) this.#arm();
  }

  #greeted(hello: FollowHello | undefined): FollowHello {
    if (this.#hello !== undefined) {
      if (hello !== undefined) throw wrong('a second hello');
      return this.#hello;
    }
    if (hello === undefined) throw wrong('the first message has no hello');
    const { brokerId } = this.#parts.host;
    if (hello.clusterId !== this.#parts.clusterId) throw wrong(`cluster ${hello.clusterId}`);
    if (hello.to !== brokerId) throw wrong(`this is broker ${brokerId}, not ${hello.to}`);
    if (hello.from === brokerId) throw wrong('a broker does not follow itself');
    this.#hello = hello;
    return hello;
  }

  #add(add: FollowAdd, { from, bootId }: FollowHello): void {
    if (add.handle <= this.#lastHandle)
      throw wrong(`handle ${add.handle} after ${this.#lastHandle}`);
    if (this.#handles.size >= this.#parts.handlesMax()) throw wrong('too many handles');
    const key = `${add.topicId}/${add.partition}`;
    if (this.#keys.has(key)) throw wrong(`a second handle for ${key}`);
    this.#lastHandle = add.handle;
    this.#keys.add(key);
    const copy = copyName(from, add.copyId);
    const { handle: number, removedBelow } = add;
    const fields = { number, key, broker: from, bootId, copy, stream: this, removedBelow };
    this.#handles.set(add.handle, new FollowerHandle(fields));
  }

  #drop(number: number): void {
    const handle = this.#handles.get(number);
    if (handle === undefined) throw wrong(`handle ${number} is unknown`);
    this.#handles.delete(number);
    this.#keys.delete(handle.key);
    this.#forget(handle);
  }

  #acked(ack: FollowAck): void {
    const handle = this.#handles.get(ack.handle);
    if (handle === undefined) throw wrong(`handle ${ack.handle} is unknown`);
    if (ack.durableEnd > ack.fetchOffset) throw wrong('a durable end past the log end');
    const isFlowing = handle.partition !== undefined;
    if (isFlowing && ack.fetchOffset > handle.sentEnd) {
      throw wrong(`offset ${ack.fetchOffset}, sent up to ${handle.sentEnd}`);
    }
    const member = this.#parts.memberOf(handle.key);
    if (member === undefined) {
      handle.pause({ code: 'NOT_LEADER' });
      return;
    }
    const { copy, bootId, removedBelow } = handle;
    handle.fetchOffset = ack.fetchOffset;
    const verdict = member.partition.fetch({ ...ack, copy, bootId, removedBelow });
    if (verdict !== undefined) handle.pause(verdict);
    else if (!isFlowing) this.#start(handle, member, ack);
  }

  #start(handle: FollowerHandle, member: ReplicaMember, ack: FollowAck): void {
    member.take(handle);
    handle.start(member.partition, ack.fetchOffset);
    this.#statuses.delete(handle);
    // At once, also if nothing else is to say: the follower waits for the answer.
    this.#positions.add(handle);
    this.#arePositionsDue = true;
    this.dataDue(handle);
    this.#arm();
  }

  #arm(): void {
    if (this.#isArmed || this.#isClosed) return;
    this.#isArmed = true;
    this.#parts.host.clock.atTurnEnd(() => {
      this.#isArmed = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#isClosed && !this.#isCongested) {
      const message = this.#message();
      if (message === undefined) return;
      this.#isCongested = !this.#peer.send(message);
    }
  }

  #message(): FollowResponse | undefined {
    const status: FollowStatus[] = [];
    for (const handle of this.#statuses) {
      if (status.length >= MESSAGE_ENTRIES_MAX) break;
      this.#statuses.delete(handle);
      if (handle.status === undefined) continue;
      status.push({ handle: handle.number, ...handle.status });
      handle.status = undefined;
    }
    const data = this.#data();
    if (this.#arePositionsDue) this.#addPositions(data);
    return status.length + data.length === 0 ? undefined : { status, data };
  }

  #data(): FollowData[] {
    const data: FollowData[] = [];
    let bytesLeft = MESSAGE_BYTES_MAX;
    // Those that are put back at the end wait for the next message.
    let turns = this.#ready.size;
    for (const handle of this.#ready) {
      if (turns-- === 0 || bytesLeft <= 0 || this.#credit <= 0) break;
      if (data.length >= MESSAGE_ENTRIES_MAX) break;
      this.#ready.delete(handle);
      const slice = this.#next(handle, Math.min(bytesLeft, PARTITION_BYTES_MAX));
      if (slice === undefined || slice.bytes === 0) continue;
      handle.sent(slice);
      bytesLeft -= slice.bytes;
      this.#credit -= slice.bytes;
      this.#positions.delete(handle);
      const entry = entryOf(handle, slice.buffers);
      if (entry !== undefined) data.push(entry);
      if (handle.hasData) this.#ready.add(handle);
    }
    return data;
  }

  /** Undefined if it is read from a file, or the handle is paused: nobody waits for it. */
  #next(handle: FollowerHandle, bytesMax: number): Slice | undefined {
    const { cursor } = handle;
    if (handle.slice === undefined && cursor?.isBehindMemory === true && this.#reads >= READS_MAX) {
      this.#waiting.add(handle);
      return undefined;
    }
    try {
      const slice = handle.next(bytesMax);
      if (!(slice instanceof Promise)) return slice;
      this.#reads += 1;
      handle.isReading = true;
      const isChecked = !this.#parts.host.rulesOff.has('file-reads-checked');
      (isChecked ? slice.then(checkedSlice) : slice).then(
        (read) => this.#hasRead(handle, cursor, read),
        (error: unknown) => this.#hasNotRead(handle, cursor, error),
      );
    } catch (error) {
      this.#unreadable(handle, error);
    }
    return undefined;
  }

  #hasRead(handle: FollowerHandle, cursor: FollowerHandle['cursor'], slice: Slice): void {
    this.#readEnded(handle);
    if (handle.readsBy(cursor) && slice.bytes > 0) handle.slice = slice;
    this.dataDue(handle);
  }

  #hasNotRead(handle: FollowerHandle, cursor: FollowerHandle['cursor'], error: unknown): void {
    this.#readEnded(handle);
    if (handle.readsBy(cursor)) this.#unreadable(handle, error);
    else this.dataDue(handle);
  }

  #readEnded(handle: FollowerHandle): void {
    this.#reads -= 1;
    handle.isReading = false;
    for (const next of this.#waiting) {
      this.#waiting.delete(next);
      this.dataDue(next);
      return;
    }
  }

  /** Retention has passed it, or the log is damaged there: its next position gets an answer that says more. */
  #unreadable(handle: FollowerHandle, error: unknown): void {
    const { partition } = handle;
    handle.pause({ code: 'UNKNOWN_EPOCH' });
    if (partition !== undefined) this.#parts.onUnreadable(partition, error);
  }

  #addPositions(data: FollowData[]): void {
    for (const handle of this.#positions) {
      if (data.length >= MESSAGE_ENTRIES_MAX) return;
      this.#positions.delete(handle);
      const entry = entryOf(handle, []);
      if (entry !== undefined) data.push(entry);
    }
    this.#arePositionsDue = false;
  }

  #forget(handle: FollowerHandle): void {
    handle.pause(undefined);
    handle.status = undefined;
    this.#ready.delete(handle);
    this.#waiting.delete(handle);
    this.#statuses.delete(handle);
    this.#positions.delete(handle);
    this.#parts.memberOf(handle.key)?.drop(handle);
  }

  #ended(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer?.cancel();
    for (const handle of this.#handles.values()) this.#forget(handle);
    this.#handles.clear();
    this.#parts.onClosed(this);
  }
}

function entryOf(handle: FollowerHandle, batches: readonly Buffer[]): FollowData | undefined {
  const { partition, leaderEpoch } = handle;
  if (partition === undefined) return undefined;
  const { highWatermark, log } = partition;
  return {
    handle: handle.number,
    leaderEpoch,
    highWatermark,
    logStart: log.logStartOffset,
    lastStable: highWatermark,
    tombstonesRemovedBelow: log.removedBelow,
    batches,
  };
}

function wrong(what: string): MillraceError {
  return millraceError('INVALID_REQUEST', `follow: ${what}`);
}
