/**
 * A member as the protocol wants it, on a network that delays, loses and delivers late: it believes in its assignment
 * for as long as its own clock allows (see GroupAssignment), which is what "owner" means here.
 */
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import { MillraceError } from '@millrace/core/errors';
import type { GroupAssignment } from '../../src/groups/assignment.ts';
import type { GroupCoordinator } from '../../src/groups/groupCoordinator.ts';
import { GROUP } from './groupWorld.ts';

export const SESSION_MS = 10_000;
export const REBALANCE_MS = 15_000;

/** A request on its way: it arrives when the schedule says, perhaps at a coordinator that is none any more. */
export type Wandering = (coordinator: GroupCoordinator) => void;

type Delivery = () => void;

export interface MemberHost {
  readonly nowMs: () => number;
  send(request: Wandering): void;
  /** The coordinator said that it is committed. */
  acknowledged(ref: PartitionRef, offset: number): void;
}

export class ModelMember {
  readonly memberId: string;
  readonly instanceId: string;
  readonly #host: MemberHost;
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

  constructor(memberId: string, instanceId: string, host: MemberHost) {
    this.memberId = memberId;
    this.instanceId = instanceId;
    this.#host = host;
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
    this.#inbox.push(() => this.#take(assignment));
  }

  deliver(): void {
    const delivery = this.#inbox.shift();
    if (!this.isOver) delivery?.();
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
      if (this.#host.nowMs() >= sentMs + SESSION_MS) return;
      this.#isJoined = true;
      // Counted from the answer before, if this one tells of something to give up.
      if (assignment !== undefined) this.#take(assignment);
      else if (confirms === this.#revision) this.#stopDeadlineMs = Number.POSITIVE_INFINITY;
      this.#answeredMs = sentMs;
      this.#deadlineMs = sentMs + SESSION_MS;
    });
  }

  /** Processes something, and commits. */
  work(pick: number): void {
    const owned = this.owned;
    const ref = owned[pick % Math.max(1, owned.length)];
    if (ref === undefined) return;
    const offset = (this.#positions.get(ref) ?? 0) + 1 + (pick % 3);
    this.#positions.set(ref, offset);
    const offsets = [{ ref, offset, leaderEpoch: 0, metadata: '' }];
    const memberEpoch = this.#memberEpoch;
    const request = { ...this.#reference, memberEpoch, direction: 'forward' as const, offsets };
    this.#host.send((coordinator) => {
      coordinator.commit(request).then(
        ([result]) => {
          if (result?.error === undefined) this.#host.acknowledged(ref, offset);
        },
        () => {},
      );
    });
  }

  get #endMs(): number {
    return Math.min(this.#deadlineMs, this.#stopDeadlineMs);
  }

  get #reference() {
    return { groupId: GROUP, memberId: this.memberId, instanceId: this.instanceId };
  }

  #join(): (coordinator: GroupCoordinator) => ReturnType<GroupCoordinator['join']> {
    const request = {
      ...this.#reference,
      clientId: 'model',
      topics: ['orders'],
      pattern: '',
      assignor: 'sticky',
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: REBALANCE_MS,
    };
    return (coordinator) => coordinator.join(request);
  }

  #heartbeat(): (coordinator: GroupCoordinator) => ReturnType<GroupCoordinator['heartbeat']> {
    const owned = new Set([...this.#assigned, ...this.#stopping]);
    const [memberEpoch, revision] = [this.#memberEpoch, this.#revision];
    const request = { ...this.#reference, memberEpoch, revision, owned };
    return (coordinator) => coordinator.heartbeat(request);
  }

  #onConnection<Reply>(
    ask: (coordinator: GroupCoordinator) => Promise<Reply>,
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

  #take(assignment: GroupAssignment): void {
    if (assignment.revision <= this.#revision) return;
    this.#revision = assignment.revision;
    this.#memberEpoch = assignment.memberEpoch;
    const before = new Set([...this.#assigned, ...this.#stopping]);
    this.#assigned = new Set(assignment.assigned.map(({ ref }) => ref));
    this.#stopping = new Set(assignment.revoking.filter((ref) => before.has(ref)));
    const stopMs = this.#answeredMs + REBALANCE_MS;
    if (assignment.revoking.length === 0) this.#stopDeadlineMs = Number.POSITIVE_INFINITY;
    else this.#stopDeadlineMs = Math.min(this.#stopDeadlineMs, stopMs);
    for (const { ref, committed } of assignment.assigned) {
      if (!before.has(ref)) this.#positions.set(ref, committed?.offset ?? 0);
    }
  }
}
