/**
 * One leader epoch of one partition: who is in sync, what followers hold, the high watermark, changes of the ISR
 * (safety.md, rules 3, 4, 5). Pure: time, log and own end are arguments; all of it is gone with the epoch.
 */
import type { Offset } from '@millrace/core/ids';
import type { FollowVerdict } from '@millrace/core/messages/follow';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import { type Fetch, fetchVerdict, type LeaderLog } from './fetchVerdict.ts';
import { FollowerProgress } from './followerProgress.ts';
import { type IsrAnswer, type IsrChange, isRefusal, PendingChange } from './isrChange.ts';
import type { ReplicationRulesOff } from './replicationRules.ts';

/** After a refusal, before the next proposal. */
const REFUSED_PAUSE_MS = 500;

export interface LeaderStateOptions {
  readonly self: CopyName;
  readonly status: PartitionStatus;
  /** The log end when the epoch began. */
  readonly epochStart: Offset;
  /** What this copy knew before. */
  readonly highWatermark: Offset;
  /** The effective minimum, recorded (rules 9, 21). */
  readonly minIsr: number;
  readonly nowMs: number;
  readonly replicaLagMsMax: number;
  readonly rulesOff: ReplicationRulesOff;
}

export class LeaderState {
  readonly leaderEpoch: number;
  readonly epochStart: Offset;
  readonly #self: CopyName;
  readonly #replicaLagMsMax: number;
  readonly #rulesOff: ReplicationRulesOff;
  readonly #followers = new Map<CopyName, FollowerProgress>();
  /** Under which copy each broker fetched last. */
  readonly #copies = new Map<number, CopyName>();
  /** The maximal ISR without this copy: committed and proposed. */
  #members: FollowerProgress[] = [];
  #status: PartitionStatus;
  #minIsr: number;
  #highWatermark: Offset;
  #pending: PendingChange | undefined;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #seen: { readonly ms: number; readonly end: Offset };

  constructor(options: LeaderStateOptions) {
    const { status, epochStart, nowMs } = options;
    this.leaderEpoch = status.leaderEpoch;
    this.epochStart = epochStart;
    this.#self = options.self;
    this.#replicaLagMsMax = options.replicaLagMsMax;
    this.#rulesOff = options.rulesOff;
    this.#status = status;
    this.#minIsr = options.minIsr;
    this.#highWatermark = options.highWatermark;
    this.#seen = { ms: nowMs, end: epochStart };
    this.#listMembers(nowMs);
  }

  get highWatermark(): Offset {
    return this.#highWatermark;
  }

  get minIsr(): number {
    return this.#minIsr;
  }

  /** Committed. */
  get isr(): readonly CopyName[] {
    return this.#status.isr;
  }

  /** Fewer than the minimum are in sync: acks=all is refused, the high watermark stands still. */
  get isUnderMinIsr(): boolean {
    return this.#status.isr.length < this.#minIsr;
  }

  /** What was committed before this epoch is below the high watermark: offsets may be told (rule 4). */
  get isSettled(): boolean {
    return (
      this.#highWatermark >= this.epochStart || this.#rulesOff.has('offsets-after-epoch-start')
    );
  }

  follower(copy: CopyName): Readonly<FollowerProgress> | undefined {
    return this.#followers.get(copy);
  }

  /** A later state of the same leader epoch: settles what was proposed against an earlier one. */
  applyStatus(status: PartitionStatus, nowMs: number): void {
    if (status.epoch <= this.#status.epoch) return;
    this.#status = status;
    this.#pending = undefined;
    this.#listMembers(nowMs);
  }

  /** The minimum of the last state, once it is recorded. */
  setMinIsr(minIsr: number): void {
    this.#minIsr = minIsr;
  }

  /** A follower's position. Undefined: it passes, and counts from now on. */
  fetch(fetch: Fetch, log: LeaderLog, nowMs: number): FollowVerdict | undefined {
    const verdict = fetchVerdict(fetch, this.leaderEpoch, log, this.#rulesOff);
    // What the copy had queued when it was elected, others may have: it judges once followers could have it from here.
    const isEarly = log.readableEnd < this.epochStart;
    if (isEarly && verdict?.code !== 'FENCED') return { code: 'UNKNOWN_EPOCH' };
    if (verdict !== undefined) return verdict;
    const broker = brokerOf(fetch.copy);
    if (!this.#isAssigned(broker)) return { code: 'UNKNOWN_COPY' };
    const copy = this.#countedAs(fetch.copy, broker);
    const known = this.#followers.get(copy);
    if (known?.hasPassed === true && fetch.durableEnd < known.durableEnd) {
      // A process never says less than before: this was overtaken on another stream, and is asked for again.
      if (fetch.bootId === known.bootId) return { code: 'UNKNOWN_EPOCH' };
      if (!this.#rulesOff.has('durable-end-never-falls')) return { code: 'REGRESSED' };
    }
    this.#forgetOther(broker, copy);
    const follower = known ?? this.#addFollower(copy, nowMs);
    const counted = this.#rulesOff.has('durable-end-counts') ? fetch.fetchOffset : fetch.durableEnd;
    follower.passed(fetch.fetchOffset, counted, fetch.bootId);
    if (counted >= log.readableEnd) follower.caughtUpAt(nowMs);
    return undefined;
  }

  /**
   * Moves the high watermark to the slowest durable end of the maximal ISR: a record past it could vanish if the leader
   * failed now. True if it moved.
   */
  advance(ownDurableEnd: Offset): boolean {
    if (this.isUnderMinIsr && !this.#rulesOff.has('watermark-needs-min-isr')) return false;
    let end = ownDurableEnd;
    for (const member of this.#members) {
      if (!member.hasPassed) {
        // Its end is not known: left out, a new leader would commit alone.
        if (!this.#rulesOff.has('unheard-member-blocks')) return false;
      } else if (member.durableEnd < end) end = member.durableEnd;
    }
    if (end <= this.#highWatermark) return false;
    this.#highWatermark = end;
    return true;
  }

  /**
   * Called every quarter of replicaLagMsMax or so, with what followers may have: who holds what there was at the last
   * call was caught up then. True if a change of the ISR is due.
   */
  tick(readableEnd: Offset, nowMs: number): boolean {
    const { ms, end } = this.#seen;
    // After a pause of this process the followers' fetches may wait to be read: it says nothing of them.
    const pausedMs = nowMs - ms > this.#replicaLagMsMax / 2 ? nowMs - ms : 0;
    for (const follower of this.#followers.values()) {
      if (pausedMs > 0) follower.caughtUpAt(follower.caughtUpMs + pausedMs);
      if (!follower.hasPassed) continue;
      if (follower.durableEnd >= readableEnd) follower.caughtUpAt(nowMs);
      else if (follower.durableEnd >= end) follower.caughtUpAt(ms);
    }
    this.#seen = { ms: nowMs, end: readableEnd };
    return this.wantsChange(nowMs);
  }

  /** Whether `nextChange` would return one. */
  wantsChange(nowMs: number): boolean {
    if (this.#pending !== undefined || nowMs < this.#pausedUntilMs) return false;
    return this.#wantedIsr(nowMs) !== undefined;
  }

  /** A change is on its way, or waits to be sent again. */
  get hasPending(): boolean {
    return this.#pending !== undefined;
  }

  /** The change to send now, and from now on in the maximal ISR: a new one, or the same again. */
  nextChange(nowMs: number): IsrChange | undefined {
    const pending = this.#pending;
    const isr = this.#wantedIsr(nowMs);
    if (pending !== undefined && !this.#isOvertaken(pending, isr)) {
      return pending.takeResend(nowMs) ? pending.change : undefined;
    }
    if (isr === undefined || nowMs < this.#pausedUntilMs) return undefined;
    const change = { leaderEpoch: this.leaderEpoch, epoch: this.#status.epoch, isr };
    this.#pending = new PendingChange(change);
    this.#listMembers(nowMs);
    return change;
  }

  #isOvertaken({ change }: PendingChange, isr: readonly CopyName[] | undefined): boolean {
    if (!this.#rulesOff.has('one-change-in-flight')) return false;
    return isr !== undefined && isr.join() !== change.isr.join();
  }

  /** Of a change that `nextChange` returned. */
  answered(change: IsrChange, answer: IsrAnswer, nowMs: number): void {
    const pending = this.#pending;
    if (pending?.change !== change) return;
    const isForgotten =
      (answer === 'lost' && this.#rulesOff.has('resend-identical')) ||
      (isRefusal(answer) && this.#rulesOff.has('greater-epoch-settles'));
    if (!pending.answered(answer, nowMs) && !isForgotten) return;
    this.#pending = undefined;
    if (isRefusal(answer)) this.#pausedUntilMs = nowMs + REFUSED_PAUSE_MS;
    this.#listMembers(nowMs);
  }

  /** Who is behind, or exists no more, leaves first; then who has caught up joins. Undefined: all is as it should be. */
  #wantedIsr(nowMs: number): CopyName[] | undefined {
    const { isr } = this.#status;
    const kept = isr.filter((copy) => copy === this.#self || !this.#isLost(copy, nowMs));
    if (kept.length < isr.length) return kept;
    const joining: CopyName[] = [];
    for (const follower of this.#followers.values()) {
      if (!isr.includes(follower.copy) && this.#mayJoin(follower)) joining.push(follower.copy);
    }
    return joining.length === 0 ? undefined : [...isr, ...joining];
  }

  #isLost(copy: CopyName, nowMs: number): boolean {
    // Its broker has minted another copy: this one never comes back.
    const current = this.#copies.get(brokerOf(copy));
    if (current !== undefined && current !== copy) return true;
    const follower = this.#followers.get(copy);
    return follower !== undefined && nowMs - follower.caughtUpMs > this.#replicaLagMsMax;
  }

  #mayJoin(follower: FollowerProgress): boolean {
    const broker = brokerOf(follower.copy);
    if (!follower.hasPassed || !this.#isAssigned(broker)) return false;
    if (this.#copies.get(broker) !== follower.copy) return false;
    if (this.#rulesOff.has('join-caught-up')) return true;
    const { durableEnd } = follower;
    return durableEnd >= this.#highWatermark && durableEnd >= this.epochStart;
  }

  #isAssigned(broker: number): boolean {
    const { replicas, adding } = this.#status;
    return (
      (replicas as readonly number[]).includes(broker) ||
      (adding as readonly number[]).includes(broker)
    );
  }

  /** The copy itself: what another copy of the same broker holds says nothing of it. */
  #countedAs(copy: CopyName, broker: number): CopyName {
    if (!this.#rulesOff.has('fetch-under-copy')) return copy;
    return this.#members.find((member) => brokerOf(member.copy) === broker)?.copy ?? copy;
  }

  #forgetOther(broker: number, copy: CopyName): void {
    const before = this.#copies.get(broker);
    if (before === copy) return;
    this.#copies.set(broker, copy);
    const isMember = this.#members.some((member) => member.copy === before);
    if (before !== undefined && !isMember) this.#followers.delete(before);
  }

  #addFollower(copy: CopyName, nowMs: number): FollowerProgress {
    const follower = new FollowerProgress(copy, nowMs);
    this.#followers.set(copy, follower);
    return follower;
  }

  #listMembers(nowMs: number): void {
    const proposed = this.#rulesOff.has('watermark-spans-maximal-isr')
      ? undefined
      : this.#pending?.change.isr;
    const before = this.#members;
    this.#members = [];
    for (const copy of new Set([...this.#status.isr, ...(proposed ?? [])])) {
      if (copy === this.#self) continue;
      const follower = this.#followers.get(copy) ?? this.#addFollower(copy, nowMs);
      // Time to keep up begins with the membership.
      if (!before.includes(follower)) follower.caughtUpAt(nowMs);
      this.#members.push(follower);
    }
  }
}

export function brokerOf(copy: CopyName): number {
  return Number(copy.slice(0, copy.indexOf(':')));
}
