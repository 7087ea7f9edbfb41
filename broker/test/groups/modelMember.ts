/**
 * A member as the protocol wants it, on a network that delays, loses and delivers late: it believes in its assignment
 * for as long as its own clock allows (see GroupAssignment), which is what "owner" means here.
 */
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import { MillraceError } from '@millrace/core/errors';
import type { GroupAssignment } from '../../src/groups/assignment.ts';
import type { CommitRequest } from '../../src/groups/committing.ts';
import type { GroupCoordinator } from '../../src/groups/groupCoordinator.ts';
import { GROUP } from './groupWorld.ts';

const TIMEOUTS: MemberTimeouts = { sessionMs: 10_000, rebalanceMs: 15_000 };

/** What members ask of a coordinator, wherever it is. */
export type GroupCalls = Pick<GroupCoordinator, 'join' | 'heartbeat' | 'leave' | 'commit'>;

/** A request on its way: it arrives when the schedule says, perhaps at a coordinator that is none any more. */
export type Wandering = (coordinator: GroupCalls) => void;

export interface MemberTimeouts {
  readonly sessionMs: number;
  readonly rebalanceMs: number;
}

type Delivery = () => void;

export interface MemberHost {
  readonly nowMs: () => number;
  send(request: Wandering): void;
  /** The coordinator said that it is committed. */
  acknowledged(ref: PartitionRef, offset: number): void;
  /** It begins at `offset`, as the answer to what it sent at `sentMs` said. */
  began?(ref: PartitionRef, offset: number, sentMs: number): void;
}

export class ModelMember {
  readonly memberId: string;
  readonly instanceId: string;
  readonly #host: MemberHost;
  readonly #timeouts: MemberTimeouts;
  readonly #topics: readonly string[];
  readonly #inbox: Delivery[] = [];
  #isJoined = false;
  #isOver = false;
  #isAsking = false;
  #memberEpoch = 0;
  #revision = -1;
  #assigned = new Set<PartitionRef>();
  /** Told to stop, not stopped yet. */
  #stopping = new Set<PartitionRef>();
  #deadlineMs = Number.NEGATIVE_INFINITY;
  #stopDeadlineMs = Number.POSITIVE_INFINITY;
  #answeredMs = Number.NEGATIVE_INFINITY;
  readonly #positions = new Map<PartitionRef, number>();
  /** Connection: what belongs to an older one is never delivered. */
  #connection = 0;

  constructor(
    memberId: string,
    instanceId: string,
    host: MemberHost,
    topics: readonly string[] = ['orders'],
    timeouts: MemberTimeouts = TIMEOUTS,
  ) {
    this.memberId = memberId;
    this.instanceId = instanceId;
    this.#host = host;
    this.#topics = topics;
    this.#timeouts = timeouts;
  }

  /** Where it goes on reading. */
  position(ref: PartitionRef): number {
    return this.#positions.get(ref) ?? 0;
  }

  /** It has processed what lies below. */
  moveTo(ref: PartitionRef, offset: number): void {
    this.#positions.set(ref, offset);
  }

  /** It has left, crashed, or was told that it is out: another one may take its seat. */
  get isOver(): boolean {
    if (!this.#isOver && this.#isJoined && this.#host.nowMs() >= this.#endMs) this.crash();
    return this.#isOver;
  }

  /** What it would work on now. */
  get owned(): PartitionRef[] {
    return this.isOver ? [] : [...this.#assigned, ...this.#stopping];
  }

  /** It has stopped; with all that is to come. */
  crash(): void {
    this.#isOver = true;
    this.#assigned.clear();
    this.#stopping.clear();
    this.disconnect();
  }

  leave(): void {
    this.crash();
    const reference = this.#reference;
    this.#host.send((coordinator) => {
      coordinator.leave(reference).catch(() => {});
    });
  }

  disconnect(): void {
    this.#connection += 1;
    this.#inbox.length = 0;
    this.#isAsking = false;
  }

  /** What the coordinator tells it unasked. */
  push(assignment: GroupAssignment): void {
    if (!this.#isJoined || this.isOver) return;
    const heardMs = this.#host.nowMs();
    this.#inbox.push(() => this.#take(assignment, heardMs));
  }

  deliver(): void {
    const delivery = this.#inbox.shift();
    if (!this.isOver) delivery?.();
  }

  get hasMail(): boolean {
    return this.#inbox.length > 0;
  }

  stop(): void {
    if (!this.isOver) this.#stopping.clear();
  }

  /** Joins, or keeps its session. */
  talk(): void {
    if (this.isOver || this.#isAsking) return;
    this.#isAsking = true;
    const sentMs = this.#host.nowMs();
    const confirms = this.#stopping.size === 0 ? this.#revision : -1;
    const asked = this.#isJoined ? this.#heartbeat() : this.#join();
    this.#onConnection(asked, ({ assignment }) => {
      this.#isAsking = false;
      // Too late: the session that it would prolong may be over.
      if (this.#host.nowMs() >= sentMs + this.#timeouts.sessionMs) return;
      this.#isJoined = true;
      // Counted from the answer before, if this one tells of something to give up.
      if (assignment !== undefined) this.#take(assignment, sentMs);
      else if (confirms === this.#revision) this.#stopDeadlineMs = Number.POSITIVE_INFINITY;
      this.#answeredMs = sentMs;
      this.#deadlineMs = sentMs + this.#timeouts.sessionMs;
    });
  }

  /** Processes something, and commits. */
  work(pick: number): void {
    const owned = this.owned;
    const ref = owned[pick % Math.max(1, owned.length)];
    if (ref === undefined) return;
    const offset = (this.#positions.get(ref) ?? 0) + 1 + (pick % 3);
    this.#positions.set(ref, offset);
    const request = this.commitOf(ref);
    this.#host.send((coordinator) => {
      coordinator.commit(request).then(
        ([result]) => {
          if (result?.error === undefined) this.#host.acknowledged(ref, offset);
        },
        () => {},
      );
    });
  }

  /** Of what it has processed. */
  commitOf(ref: PartitionRef): CommitRequest {
    const offsets = [{ ref, offset: this.position(ref), leaderEpoch: 0, metadata: '' }];
    return { ...this.#reference, memberEpoch: this.#memberEpoch, direction: 'forward', offsets };
  }

  get #endMs(): number {
    return Math.min(this.#deadlineMs, this.#stopDeadlineMs);
  }

  get #reference() {
    return { groupId: GROUP, memberId: this.memberId, instanceId: this.instanceId };
  }

  #join(): (coordinator: GroupCalls) => ReturnType<GroupCoordinator['join']> {
    const request = {
      ...this.#reference,
      clientId: 'model',
      topics: this.#topics,
      pattern: '',
      assignor: 'sticky',
      sessionTimeoutMs: this.#timeouts.sessionMs,
      rebalanceTimeoutMs: this.#timeouts.rebalanceMs,
    };
    return (coordinator) => coordinator.join(request);
  }

  #heartbeat(): (coordinator: GroupCalls) => ReturnType<GroupCoordinator['heartbeat']> {
    const owned = new Set([...this.#assigned, ...this.#stopping]);
    const [memberEpoch, revision] = [this.#memberEpoch, this.#revision];
    const request = { ...this.#reference, memberEpoch, revision, owned };
    return (coordinator) => coordinator.heartbeat(request);
  }

  #onConnection<Reply>(
    ask: (coordinator: GroupCalls) => Promise<Reply>,
    answered: (reply: Reply) => void,
  ): void {
    const connection = this.#connection;
    const arrive = (delivery: Delivery): void => {
      if (connection === this.#connection) this.#inbox.push(delivery);
    };
    this.#host.send((coordinator) => {
      ask(coordinator).then(
        (reply) => arrive(() => answered(reply)),
        (error: unknown) => arrive(() => this.#refused(error)),
      );
    });
  }

  #refused(error: unknown): void {
    this.#isAsking = false;
    if (!(error instanceof MillraceError)) throw error;
    if (/^(UNKNOWN_MEMBER|FENCED_)/.test(error.code)) this.crash();
  }

  #take(assignment: GroupAssignment, sentMs: number): void {
    if (assignment.revision <= this.#revision) return;
    this.#revision = assignment.revision;
    this.#memberEpoch = assignment.memberEpoch;
    const before = new Set([...this.#assigned, ...this.#stopping]);
    this.#assigned = new Set(assignment.assigned.map(({ ref }) => ref));
    this.#stopping = new Set(assignment.revoking.filter((ref) => before.has(ref)));
    const stopMs = this.#answeredMs + this.#timeouts.rebalanceMs;
    if (assignment.revoking.length === 0) this.#stopDeadlineMs = Number.POSITIVE_INFINITY;
    else this.#stopDeadlineMs = Math.min(this.#stopDeadlineMs, stopMs);
    for (const { ref, committed } of assignment.assigned) {
      if (before.has(ref)) continue;
      const offset = committed?.offset ?? 0;
      this.#positions.set(ref, offset);
      this.#host.began?.(ref, offset, sentMs);
    }
  }
}
