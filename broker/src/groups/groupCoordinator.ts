/**
 * The groups of one partition of `__groups`, while this broker leads it: requests checked, run on the coordinator, and
 * the clock that fences members and lets offsets expire. No gRPC here; who asks is of the engine's concern.
 */
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { Coordinator } from '../coordinator/coordinator.ts';
import type { CoordinatorLog } from '../coordinator/coordinatorLog.ts';
import type { CoordinatorRulesOff } from '../coordinator/coordinatorRules.ts';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import { Admission } from './admission.ts';
import { assignmentOf, type GroupAssignment } from './assignment.ts';
import { checkName } from './checks.ts';
import {
  type Commit,
  commit,
  type CommitRequest,
  type CommitResult,
  fetchOffsets,
} from './committing.ts';
import { checkDeclaration, declare, type DeclareRequest } from './declaring.ts';
import {
  describeGroup,
  type GroupDescription,
  type GroupSummary,
  listGroups,
} from './description.ts';
import { expireOffsets } from './expiry.ts';
import type { MemberReference } from './findMember.ts';
import type { GroupsState } from './group.ts';
import type { GroupLimits } from './groupLimits.ts';
import { GroupMachine } from './groupMachine.ts';
import type { CommittedOffset, CurrentValue, GroupRecord } from './groupRecord.ts';
import { allGroupRules, type GroupRulesOff } from './groupRules.ts';
import type { GroupTopics } from './groupTopics.ts';
import { heardOf, heartbeat, type HeartbeatRequest } from './heartbeat.ts';
import { checkJoin, join, type JoinRequest } from './joining.ts';
import {
  type LagSubject,
  type LagSubjects,
  type LagSubjectsWanted,
  lagSubject,
  lagSubjects,
} from './lag/lagSubject.ts';
import { expireMembers, hasExpired, leave, prolongSessions } from './leaving.ts';
import {
  deleteGroup,
  knownGroup,
  resetOffsets,
  type Reset,
  type ResetResult,
  undoReset,
} from './resetting.ts';

const SWEEP_MS = 250;
/** A sweep that comes later than that found the process standing still. */
const STALL_MS = 1000;
const EXPIRY_MS = 60_000;
const HEARTBEAT_MS_MAX = 15_000;

export interface GroupCoordinatorParts {
  readonly log: CoordinatorLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly topics: GroupTopics;
  readonly limits: GroupLimits;
  /** A member has a new assignment, which is committed; in the order of its revisions. */
  readonly assigned: (assignment: GroupAssignment) => void;
  /** Only a simulation switches rules off. */
  readonly rulesOff?: CoordinatorRulesOff;
  readonly groupRulesOff?: GroupRulesOff;
}

/** The answer to a join or a heartbeat. */
export interface MembershipReply {
  /** Undefined: the member has the newest already. */
  readonly assignment: GroupAssignment | undefined;
  /** When to send the next one, if this one waited for news: a session outlasts the loss of two. */
  readonly heartbeatMs: number;
}

export class GroupCoordinator {
  readonly #parts: GroupCoordinatorParts;
  readonly #coordinator: Coordinator<GroupsState, GroupRecord>;
  readonly #admission: Admission;
  readonly #rulesOff: GroupRulesOff;
  #sweep: TimerHandle | undefined;
  #sweptMs = 0;
  #expiredMs = 0;
  #looks = 0;

  constructor(parts: GroupCoordinatorParts) {
    const { clock, topics, limits } = parts;
    this.#parts = parts;
    this.#rulesOff = parts.groupRulesOff ?? allGroupRules;
    this.#admission = new Admission(clock, limits.joinsPerSecond);
    const machine = new GroupMachine({
      clock,
      topics,
      rulesOff: this.#rulesOff,
      loaded: () => this.#loaded(),
      moved: (groupId, memberId, current) => this.#moved(groupId, memberId, current),
    });
    this.#coordinator = new Coordinator({ ...parts, machine });
  }

  get isActive(): boolean {
    return this.#coordinator.isActive;
  }

  /** Undefined unless it loads. */
  get progress(): Coordinator<GroupsState, GroupRecord>['progress'] {
    return this.#coordinator.progress;
  }

  /** For metrics and tests: tells nobody anything. */
  peek(): GroupsState | undefined {
    return this.#coordinator.peek();
  }

  lead(): void {
    this.#sweep?.cancel();
    this.#coordinator.lead();
  }

  resign(error: MillraceError): void {
    this.#sweep?.cancel();
    this.#coordinator.resign(error);
  }

  /** After GroupTopics.changed. */
  topicsChanged(): void {
    const state = this.#coordinator.peek();
    if (state === undefined) return;
    for (const [groupId, { members }] of state.groups) {
      if (members.size > 0) state.unsettled.add(groupId);
    }
    this.#coordinator.nudge();
  }

  async join(request: JoinRequest): Promise<MembershipReply> {
    const { limits, clock } = this.#parts;
    const value = checkJoin(request, limits);
    const admit = (): boolean => this.#admission.admit();
    return this.#coordinator.run({
      decide: (state) => {
        const group = state.groups.get(request.groupId);
        const records = join(state, request, value, limits, admit);
        if (group !== undefined) heardOf(group, request.memberId, clock.monotonicMs());
        return records;
      },
      reply: (state) => replyTo(state, request, -1),
      barrier: 'prompt',
    });
  }

  /** Its answer may take a second: the session counts from the sending. */
  async heartbeat(request: HeartbeatRequest): Promise<MembershipReply> {
    const { clock } = this.#parts;
    return this.#coordinator.run({
      decide: (state) => heartbeat(state, request, clock.monotonicMs(), this.#rulesOff),
      reply: (state) => replyTo(state, request, request.revision),
      barrier: 'lazy',
    });
  }

  async leave(request: MemberReference): Promise<void> {
    await this.#coordinator.run({
      decide: (state) => leave(state, request),
      reply: () => undefined,
      barrier: 'prompt',
    });
  }

  async commit(request: CommitRequest): Promise<readonly CommitResult[]> {
    const { topics, clock, limits } = this.#parts;
    checkName('group', request.groupId);
    let decided: Commit = { records: [], results: [] };
    return this.#coordinator.run({
      decide: (state) => {
        decided = commit(state, request, topics, limits, clock.wallMs(), this.#rulesOff);
        return decided.records;
      },
      reply: () => decided.results,
      barrier: 'prompt',
    });
  }

  /** As they are when the request comes. Undefined: all. */
  async fetchOffsets(
    groupId: string,
    refs: readonly PartitionRef[] | undefined,
  ): Promise<ReadonlyMap<PartitionRef, CommittedOffset | undefined>> {
    checkName('group', groupId);
    return this.#read((state) => fetchOffsets(state, groupId, refs));
  }

  async declare(request: DeclareRequest): Promise<void> {
    const { limits } = this.#parts;
    checkDeclaration(request, limits);
    await this.#coordinator.run({
      decide: (state) => declare(state, request, limits),
      reply: () => undefined,
      barrier: 'prompt',
    });
  }

  async list(): Promise<readonly GroupSummary[]> {
    return this.#read(listGroups);
  }

  /** As they are when the request comes; groups that there are not are left out. */
  async lagSubjects(which: LagSubjectsWanted): Promise<LagSubjects> {
    const { topics } = this.#parts;
    return this.#read((state) => lagSubjects(state, topics, which, ++this.#looks));
  }

  /** As lagSubjects, of all, without waiting: for metrics. Nothing while it loads. */
  *peekLagSubjects(): Generator<LagSubject, void> {
    const { topics } = this.#parts;
    if (!topics.isLoaded) return;
    for (const group of this.peek()?.groups.values() ?? []) {
      yield lagSubject(group, topics, ++this.#looks);
    }
  }

  /** Rejects with UNKNOWN_GROUP. */
  async describe(groupId: string): Promise<GroupDescription> {
    return this.#read((state) => describeGroup(knownGroup(state, groupId)));
  }

  /** `dry-run`: says what it would do, and refuses what it would refuse. */
  async reset(
    groupId: string,
    offsets: ReadonlyMap<PartitionRef, number | undefined>,
    mode: 'apply' | 'dry-run',
  ): Promise<readonly ResetResult[]> {
    const { clock } = this.#parts;
    checkName('group', groupId);
    return this.#overwrite(mode, (state) => resetOffsets(state, groupId, offsets, clock.wallMs()));
  }

  async undoReset(groupId: string, mode: 'apply' | 'dry-run'): Promise<readonly ResetResult[]> {
    return this.#overwrite(mode, (state) => undoReset(state, groupId));
  }

  async delete(groupId: string): Promise<void> {
    await this.#coordinator.run({
      decide: (state) => deleteGroup(state, groupId),
      reply: () => undefined,
      barrier: 'prompt',
    });
  }

  #overwrite(
    mode: 'apply' | 'dry-run',
    decide: (state: GroupsState) => Reset,
  ): Promise<readonly ResetResult[]> {
    let decided: Reset = { records: [], results: [] };
    return this.#coordinator.run({
      decide: (state) => {
        decided = decide(state);
        return mode === 'apply' ? decided.records : [];
      },
      reply: () => decided.results,
      barrier: 'prompt',
    });
  }

  #read<Reply>(read: (state: GroupsState) => Reply): Promise<Reply> {
    let reply: { readonly value: Reply } | undefined;
    return this.#coordinator.run({
      // Here, not once the tick has settled: what it throws is the answer.
      decide: (state) => {
        reply = { value: read(state) };
        return [];
      },
      reply: () => {
        if (reply === undefined) throw millraceError('INTERNAL', 'a reply without a decision');
        return reply.value;
      },
      barrier: 'prompt',
    });
  }

  #moved(groupId: string, memberId: string, current: CurrentValue | undefined): void {
    if (current === undefined) return;
    const group = this.#coordinator.peek()?.groups.get(groupId);
    if (group?.members.has(memberId) !== true) return;
    this.#parts.assigned(assignmentOf(group, memberId, current));
  }

  #loaded(): void {
    this.#sweptMs = this.#parts.clock.monotonicMs();
    this.#expiredMs = this.#sweptMs;
    this.#scheduleSweep();
  }

  #scheduleSweep(): void {
    this.#sweep?.cancel();
    this.#sweep = this.#parts.clock.setTimer(SWEEP_MS, () => {
      this.#sweepNow();
      if (this.#coordinator.isActive) this.#scheduleSweep();
    });
  }

  #sweepNow(): void {
    const state = this.#coordinator.peek();
    if (state === undefined) return;
    const nowMs = this.#parts.clock.monotonicMs();
    const sinceMs = nowMs - this.#sweptMs;
    this.#sweptMs = nowMs;
    if (sinceMs > STALL_MS) prolongSessions(state, sinceMs);
    if (hasExpired(state, nowMs)) this.#append((now) => expireMembers(now, nowMs));
    if (nowMs - this.#expiredMs < EXPIRY_MS) return;
    this.#expiredMs = nowMs;
    const { topics, limits, clock } = this.#parts;
    this.#append((now) => expireOffsets(now, topics, clock.wallMs(), limits.offsetRetentionMs));
  }

  /** Nobody waits for it: what is not appended now is found again by the next sweep. */
  #append(decide: (state: GroupsState) => readonly GroupRecord[]): void {
    const appended = this.#coordinator.run({ decide, reply: () => undefined, barrier: 'none' });
    appended.catch((error: unknown) => {
      const fields = { log: this.#parts.log.name, error: String(error) };
      this.#parts.logger.debug('what has expired stays for now', fields);
    });
  }
}

/** `known`: the revision that the member has. */
function replyTo(state: GroupsState, reference: MemberReference, known: number): MembershipReply {
  const { groupId, memberId } = reference;
  const group = state.groups.get(groupId);
  const current = group?.current(memberId);
  // Removed in the same tick: the next heartbeat says so.
  if (group?.members.has(memberId) !== true || current === undefined) {
    return { assignment: undefined, heartbeatMs: 0 };
  }
  const { sessionMs } = group.timeouts(memberId);
  const heartbeatMs = Math.min(HEARTBEAT_MS_MAX, Math.floor(sessionMs / 3));
  const isKnown = current.revision === known;
  const assignment = isKnown ? undefined : assignmentOf(group, memberId, current);
  return { assignment, heartbeatMs };
}
