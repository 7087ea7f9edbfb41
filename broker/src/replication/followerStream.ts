/**
 * The stream of one lane to one leader broker, from the follower's side. What a tick has to say leaves as one message.
 * A connection that breaks is made again, with new handles; nothing that was sent on it counts any more.
 */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { BrokerId, ClusterId } from '@millrace/core/ids';
import type {
  FollowAck,
  FollowAdd,
  FollowLane,
  FollowRequest,
  FollowResponse,
} from '@millrace/core/messages/follow';
import type { PeerAddress, PeerStream, PeerTransport } from '../cluster/peerTransport.ts';
import type { TimerHandle } from '../io/clock.ts';
import type { Random } from '../io/random.ts';
import { backoffMs } from './backoff.ts';
import type { CatchupPace } from './catchupPace.ts';
import type { FollowCarrier, FollowedPartition } from './followedPartition.ts';
import type { PartitionHost } from './partitionHost.ts';

/** Adds and acks of one message; what is more goes with the next. */
const MESSAGE_ENTRIES_MAX = 1024;
/** Smaller grants wait for an ack. */
const CREDIT_SHARE = 8;

export interface FollowerStreamParts {
  readonly host: PartitionHost;
  readonly clusterId: ClusterId;
  readonly random: Random;
  readonly transport: Pick<PeerTransport, 'follow'>;
  readonly creditBytes: number;
  /** Of all catch-up lanes; undefined: as fast as it goes. */
  readonly pace: CatchupPace | undefined;
  readonly addressOf: (brokerId: BrokerId) => PeerAddress | undefined;
  /** It belongs on the other lane now. */
  readonly laneChanged: (followed: FollowedPartition) => void;
}

type Connection = PeerStream<FollowRequest, FollowResponse>;

export class FollowerStream implements FollowCarrier {
  readonly leader: BrokerId;
  readonly lane: FollowLane;
  readonly #parts: FollowerStreamParts;
  readonly #members = new Set<FollowedPartition>();
  readonly #byHandle = new Map<number, FollowedPartition>();
  readonly #toAdd = new Set<FollowedPartition>();
  readonly #toAck = new Set<FollowedPartition>();
  /** When each of them asks again, monotonic. */
  readonly #retries = new Map<FollowedPartition, number>();
  #drops: number[] = [];
  #connection: Connection | undefined;
  #address: PeerAddress | undefined;
  #isCongested = false;
  #lastHandle = 0;
  #creditDue = 0;
  #paceTimer: TimerHandle | undefined;
  #isArmed = false;
  #attempts = 0;
  #reconnect: TimerHandle | undefined;
  #retryTimer: TimerHandle | undefined;
  #retryTimerMs = Number.POSITIVE_INFINITY;
  #isClosed = false;

  constructor(leader: BrokerId, lane: FollowLane, parts: FollowerStreamParts) {
    this.leader = leader;
    this.lane = lane;
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  add(followed: FollowedPartition): void {
    this.#members.add(followed);
    this.#toAdd.add(followed);
    this.#arm();
  }

  remove(followed: FollowedPartition): void {
    if (!this.#members.delete(followed)) return;
    this.#forgetHandle(followed);
    this.#arm();
  }

  /** The leader may have another address, or one at all. */
  addressChanged(): void {
    const address = this.#parts.addressOf(this.leader);
    if (this.#connection === undefined) {
      if (address !== undefined && this.#members.size > 0) this.#reconnectNow();
    } else if (address?.host !== this.#address?.host || address?.port !== this.#address?.port) {
      this.#disconnect(millraceError('UNAVAILABLE', 'the leader has another address'));
      this.#reconnectNow();
    }
  }

  close(error: MillraceError): void {
    this.#isClosed = true;
    this.#reconnect?.cancel();
    this.#paceTimer?.cancel();
    this.#disconnect(error);
  }

  ackDue(followed: FollowedPartition): void {
    this.#toAck.add(followed);
    this.#arm();
  }

  release(bytes: number): void {
    if (this.#connection === undefined || bytes === 0) return;
    this.#creditDue += bytes;
    if (this.#creditDue * CREDIT_SHARE >= this.#parts.creditBytes) this.#arm();
  }

  #retryLater(followed: FollowedPartition): void {
    const delayMs = backoffMs(followed.nextAttempt(), this.#parts.random);
    const dueMs = this.#parts.host.clock.monotonicMs() + delayMs;
    this.#retries.set(followed, dueMs);
    this.#armRetry(dueMs);
  }

  startOver(followed: FollowedPartition): void {
    this.#forgetHandle(followed);
    this.#retryLater(followed);
  }

  laneChanged(followed: FollowedPartition): void {
    this.#parts.laneChanged(followed);
  }

  #forgetHandle(followed: FollowedPartition): void {
    this.#toAdd.delete(followed);
    this.#toAck.delete(followed);
    this.#retries.delete(followed);
    if (this.#byHandle.delete(followed.handle)) this.#drops.push(followed.handle);
    followed.detach();
  }

  #arm(): void {
    if (this.#isArmed || this.#isClosed) return;
    this.#isArmed = true;
    this.#parts.host.clock.atTurnEnd(() => {
      this.#isArmed = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#isClosed || this.#isCongested) return;
    if (this.#members.size === 0) {
      this.#disconnect(millraceError('CANCELLED', 'nothing is left to follow'));
      return;
    }
    const isFirst = this.#connection === undefined;
    const connection = this.#connection ?? this.#connect();
    if (connection === undefined) return;
    const request = this.#request(isFirst);
    if (request === undefined) return;
    this.#isCongested = !connection.send(request);
    if (this.#toAdd.size > 0 || this.#toAck.size > 0) this.#arm();
  }

  #request(isFirst: boolean): FollowRequest | undefined {
    const add: FollowAdd[] = [];
    const ack: FollowAck[] = [];
    for (const followed of this.#toAdd) {
      if (add.length >= MESSAGE_ENTRIES_MAX) break;
      this.#toAdd.delete(followed);
      this.#addTo(followed, add, ack);
    }
    for (const followed of this.#toAck) {
      if (ack.length >= MESSAGE_ENTRIES_MAX) break;
      this.#toAck.delete(followed);
      if (followed.mayAck && followed.handle !== -1) ack.push(followed.position());
    }
    const drop = this.#drops.splice(0, MESSAGE_ENTRIES_MAX);
    const { clusterId, host } = this.#parts;
    const creditBytes = this.#credit(isFirst || ack.length > 0);
    if (!isFirst && add.length + ack.length + drop.length === 0 && creditBytes === 0) {
      return undefined;
    }
    const { brokerId: from, bootId } = host;
    const { leader: to, lane } = this;
    const hello = isFirst ? { clusterId, from, bootId, to, lane } : undefined;
    return { hello, add, ack, drop, creditBytes };
  }

  /** To be granted now. On a catch-up lane the pace decides, and what it leaves over is asked for a little later. */
  #credit(isWorthIt: boolean): number {
    const { creditBytes: whole, pace, host } = this.#parts;
    const due = this.#creditDue;
    if (this.lane === 'tail' || pace === undefined) {
      if (!isWorthIt && due * CREDIT_SHARE < whole) return 0;
      this.#creditDue = 0;
      return due;
    }
    const granted = pace.take(due);
    this.#creditDue -= granted;
    if (this.#creditDue > 0 && this.#paceTimer === undefined) {
      this.#paceTimer = host.clock.setTimer(pace.waitMs, () => {
        this.#paceTimer = undefined;
        this.#arm();
      });
    }
    return granted;
  }

  #addTo(followed: FollowedPartition, add: FollowAdd[], ack: FollowAck[]): void {
    const handle = this.#lastHandle + 1;
    if (!followed.attach(this, handle)) {
      this.#retryLater(followed);
      return;
    }
    this.#lastHandle = handle;
    this.#toAck.delete(followed);
    this.#byHandle.set(handle, followed);
    const { identity, log } = followed.partition;
    const { topicId, partition } = identity;
    const { removedBelow } = followed;
    add.push({ handle, topicId, partition, copyId: log.copyId, removedBelow });
    ack.push(followed.position());
  }

  #connect(): Connection | undefined {
    if (this.#reconnect !== undefined) return undefined;
    this.#address = this.#parts.addressOf(this.leader);
    if (this.#address === undefined) {
      this.#reconnectLater();
      return undefined;
    }
    const connection = this.#parts.transport.follow(this.#address);
    this.#connection = connection;
    this.#isCongested = false;
    this.#creditDue = this.#parts.creditBytes;
    this.#lastHandle = 0;
    this.#drops = [];
    connection.onMessage((message) => {
      if (this.#connection === connection) this.#received(message);
    });
    connection.onDrain(() => {
      if (this.#connection !== connection) return;
      this.#isCongested = false;
      this.#arm();
    });
    connection.onClosed((error) => {
      if (this.#connection === connection) this.#lost(error);
    });
    return connection;
  }

  #received({ status, data }: FollowResponse): void {
    this.#attempts = 0;
    for (const one of status) this.#byHandle.get(one.handle)?.refused(one);
    for (const entry of data) {
      const followed = this.#byHandle.get(entry.handle);
      if (followed !== undefined) followed.received(entry);
      else for (const batches of entry.batches) this.release(batches.length);
    }
  }

  #lost(error: MillraceError): void {
    const { leader, lane } = this;
    this.#parts.host.logger.info('a stream to a leader is gone', {
      leader,
      lane,
      cause: error.message,
    });
    this.#drop();
    this.#reconnectLater();
  }

  #disconnect(error: MillraceError): void {
    const connection = this.#connection;
    this.#drop();
    connection?.close(error);
  }

  #drop(): void {
    this.#connection = undefined;
    this.#byHandle.clear();
    this.#toAck.clear();
    this.#retries.clear();
    this.#retryTimer?.cancel();
    this.#retryTimerMs = Number.POSITIVE_INFINITY;
    this.#isCongested = false;
    for (const followed of this.#members) {
      followed.detach();
      this.#toAdd.add(followed);
    }
  }

  #reconnectLater(): void {
    if (this.#isClosed || this.#reconnect !== undefined) return;
    const delayMs = backoffMs(this.#attempts++, this.#parts.random);
    this.#reconnect = this.#parts.host.clock.setTimer(delayMs, () => {
      this.#reconnect = undefined;
      this.#arm();
    });
  }

  #reconnectNow(): void {
    this.#reconnect?.cancel();
    this.#reconnect = undefined;
    this.#attempts = 0;
    this.#arm();
  }

  #armRetry(dueMs: number): void {
    if (dueMs >= this.#retryTimerMs) return;
    this.#retryTimer?.cancel();
    this.#retryTimerMs = dueMs;
    const { clock } = this.#parts.host;
    this.#retryTimer = clock.setTimer(dueMs - clock.monotonicMs(), () => {
      this.#retryTimerMs = Number.POSITIVE_INFINITY;
      this.#retry();
    });
  }

  #retry(): void {
    const nowMs = this.#parts.host.clock.monotonicMs();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [followed, dueMs] of this.#retries) {
      if (dueMs > nowMs) {
        nextMs = Math.min(nextMs, dueMs);
        continue;
      }
      this.#retries.delete(followed);
      if (followed.handle === -1 && this.#members.has(followed)) {
        this.#toAdd.add(followed);
        this.#arm();
      }
    }
    this.#armRetry(nextMs);
  }
}
