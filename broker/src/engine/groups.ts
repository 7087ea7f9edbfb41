/**
 * The groups whose coordinator this broker is: one GroupCoordinator for each partition of `__groups` that it leads. Who
 * asks for a group that is coordinated elsewhere is told where (contracts.md, Groups).
 */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { GROUPS_TOPIC } from '@millrace/core/internalTopics';
import { partitionForKey } from '@millrace/core/murmur2';
import type { MetadataChange } from '../cluster/metadataCache.ts';
import { PartitionCoordinatorLog } from '../coordinator/partitionCoordinatorLog.ts';
import type { GroupAssignment } from '../groups/assignment.ts';
import type { GroupSummary } from '../groups/description.ts';
import { GroupCoordinator, type MembershipReply } from '../groups/groupCoordinator.ts';
import type { GroupLagReport } from '../groups/lag/groupLag.ts';
import { GROUP_LIMITS, type GroupLimits } from '../groups/groupLimits.ts';
import { GroupTopics } from '../groups/groupTopics.ts';
import type { HeartbeatRequest } from '../groups/heartbeat.ts';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { LogDirectory } from '../log/directory/logDirectory.ts';
import type { Partition } from '../replication/partition.ts';
import { AssignmentNews } from './assignmentNews.ts';
import type { RulesOff } from './engineRules.ts';
import { GroupTopicSource } from './groupTopicSource.ts';
import { GroupLags, type GroupLagsParts, type LedGroups } from './lag/groupLags.ts';
import { LeaderPositions } from './lag/leaderPositions.ts';
import { PositionInquiry } from './lag/positionInquiry.ts';
import type { Fetching } from './fetching.ts';
import type { Leaders } from '../forwarding/leaders.ts';
import type { PeerTransport } from '../cluster/peerTransport.ts';
import { TopicShapes } from './topicShapes.ts';
import type { Topic, Topics } from './topics.ts';

/** Between heartbeats that do not wait for news, and hear of them no sooner. */
export const POLL_MS_MAX = 5000;

const DEFAULT_LAG = { intervalMs: 10_000, partitionsMax: 20_000 };

export interface GroupOptions {
  readonly limits: GroupLimits;
  readonly lag: Pick<GroupLagsParts, 'intervalMs' | 'partitionsMax'>;
}

export interface GroupsParts {
  readonly topics: Topics;
  readonly directory: LogDirectory;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly leaders: Leaders;
  readonly transport: Pick<PeerTransport, 'controller'>;
  readonly fetching: Pick<Fetching, 'memory'>;
  /** Absent: the defaults. */
  readonly groups?: GroupOptions;
  readonly rulesOff?: RulesOff;
}

/** One partition of `__groups`, as long as this broker holds the copy. */
interface Seat {
  readonly partition: Partition;
  readonly coordinator: GroupCoordinator;
  /** That the coordinator was told to lead in; -1: none. */
  epoch: number;
}

type Pushed = (assignment: GroupAssignment) => void;

export class Groups {
  readonly lags: GroupLags;
  readonly positions: LeaderPositions;
  readonly #parts: GroupsParts;
  readonly #topics: GroupTopics;
  readonly #shapes = new TopicShapes();
  readonly #seats = new Map<number, Seat>();
  /** By group and member: streams that wait for assignments. */
  readonly #watchers = new Map<string, Set<Pushed>>();

  constructor(parts: GroupsParts) {
    this.#parts = parts;
    this.#topics = new GroupTopics(new GroupTopicSource(parts.topics));
    const { topics, leaders, fetching, clock, logger } = parts;
    this.positions = new LeaderPositions(topics, fetching.memory, clock);
    const asked = { topics, leaders, here: this.positions, peers: parts.transport };
    const inquiry = new PositionInquiry(asked);
    const lag = parts.groups?.lag ?? DEFAULT_LAG;
    this.lags = new GroupLags({ ...lag, inquiry, clock, logger, led: () => this.#led() });
  }

  /** Undefined until somebody has asked for a group. */
  get topic(): Topic | undefined {
    return this.#parts.topics.byName(GROUPS_TOPIC.name);
  }

  /** Whose leader coordinates the group. */
  static partitionOf(groupId: string): number {
    return partitionForKey(groupId, GROUPS_TOPIC.partitions);
  }

  /** Roles are taken and topics known already. */
  metadataChanged(change: MetadataChange): void {
    const isShaped = this.#shapes.changed(change);
    if (isShaped) this.#topics.changed();
    const partitions = this.topic?.partitions ?? [];
    for (let p = 0; p < GROUPS_TOPIC.partitions; p++) this.#take(p, partitions[p]);
    if (!isShaped) return;
    for (const { coordinator } of this.#seats.values()) coordinator.topicsChanged();
  }

  /** Throws NOT_COORDINATOR, and LOADING while the topic of groups is not there. */
  coordinatorOf(groupId: string): GroupCoordinator {
    const p = Groups.partitionOf(groupId);
    const seat = this.#seats.get(p);
    if (seat !== undefined && seat.epoch >= 0) return seat.coordinator;
    if (this.topic === undefined) {
      throw millraceError('LOADING', `${GROUPS_TOPIC.name} is being created`);
    }
    throw millraceError('NOT_COORDINATOR', `${GROUPS_TOPIC.name}/${p} is led elsewhere`);
  }

  /**
   * As GroupCoordinator.heartbeat; without news for the member the answer waits for some, `waitMs` at most and never
   * beyond the next heartbeat. What it waits for is committed in this epoch, so that the answer needs no other barrier.
   */
  async heartbeat(request: HeartbeatRequest, waitMs: number): Promise<MembershipReply> {
    const { groupId, memberId, revision } = request;
    const coordinator = this.coordinatorOf(groupId);
    const { clock } = this.#parts;
    const untilMs = clock.monotonicMs() + waitMs;
    // Before it is asked: what is told meanwhile is not in the answer.
    const news = new AssignmentNews(revision);
    const stop = this.watch(groupId, memberId, (assignment) => news.told(assignment));
    try {
      const reply = await coordinator.heartbeat(request);
      if (waitMs === 0) return { ...reply, heartbeatMs: Math.min(reply.heartbeatMs, POLL_MS_MAX) };
      if (reply.assignment !== undefined) return reply;
      const leftMs = Math.min(untilMs - clock.monotonicMs(), reply.heartbeatMs);
      return { ...reply, assignment: await news.wait(clock, leftMs) };
    } finally {
      stop();
    }
  }

  /** Throws as coordinatorOf. */
  ledOf(groupId: string): LedGroups {
    const coordinator = this.coordinatorOf(groupId);
    for (const led of this.#led()) if (led.coordinator === coordinator) return led;
    throw moved(Groups.partitionOf(groupId));
  }

  /** Undefined: there is no such group. Rejects as coordinatorOf. */
  async lagOf(groupId: string): Promise<GroupLagReport | undefined> {
    const { term, coordinator } = this.ledOf(groupId);
    const groupIds = new Set([groupId]);
    const which = { groupIds, from: '', groupsMax: 1, partitionsMax: 1 };
    const { subjects } = await coordinator.lagSubjects(which);
    const [report] = await this.lags.measured(term, subjects);
    return report;
  }

  /** All that are led here. */
  led(): readonly LedGroups[] {
    return [...this.#led()];
  }

  /** Of all coordinators here. Rejects if one of them is loading. */
  async list(): Promise<readonly GroupSummary[]> {
    const active = [...this.#seats.values()].filter(({ epoch }) => epoch >= 0);
    const lists = await Promise.all(active.map(({ coordinator }) => coordinator.list()));
    return lists.flat();
  }

  /** New assignments of one member, committed, in their order. Answers with how to end it. */
  watch(groupId: string, memberId: string, pushed: Pushed): () => void {
    const key = watchKey(groupId, memberId);
    const watchers = this.#watchers.get(key) ?? new Set();
    watchers.add(pushed);
    this.#watchers.set(key, watchers);
    return () => {
      watchers.delete(pushed);
      if (watchers.size === 0 && this.#watchers.get(key) === watchers) this.#watchers.delete(key);
    };
  }

  stop(error: MillraceError): void {
    this.lags.stop();
    for (const seat of this.#seats.values()) {
      seat.epoch = -1;
      seat.coordinator.resign(error);
    }
  }

  *#led(): Generator<LedGroups, void> {
    for (const [partition, { epoch, coordinator }] of this.#seats) {
      if (epoch >= 0) yield { term: `${partition}:${epoch}`, coordinator };
    }
  }

  #take(p: number, partition: Partition | undefined): void {
    let seat = this.#seats.get(p);
    if (seat !== undefined && seat.partition !== partition) {
      seat.coordinator.resign(moved(p));
      this.#seats.delete(p);
      seat = undefined;
    }
    if (partition === undefined) return;
    if (partition.role !== 'leader') {
      if (seat === undefined || seat.epoch < 0) return;
      seat.epoch = -1;
      seat.coordinator.resign(partition.offline ?? moved(p));
      return;
    }
    seat ??= this.#newSeat(p, partition);
    if (seat.epoch === partition.leaderEpoch) return;
    seat.epoch = partition.leaderEpoch;
    seat.coordinator.lead();
    this.lags.start();
  }

  #newSeat(p: number, partition: Partition): Seat {
    const { directory, clock, logger, groups, rulesOff } = this.#parts;
    const coordinator = new GroupCoordinator({
      log: new PartitionCoordinatorLog(partition, directory, clock),
      clock,
      logger,
      topics: this.#topics,
      limits: groups?.limits ?? GROUP_LIMITS,
      assigned: (assignment) => this.#assigned(assignment),
      ...(rulesOff?.coordinator && { rulesOff: rulesOff.coordinator }),
      ...(rulesOff?.groups && { groupRulesOff: rulesOff.groups }),
    });
    const seat = { partition, coordinator, epoch: -1 };
    this.#seats.set(p, seat);
    return seat;
  }

  #assigned(assignment: GroupAssignment): void {
    const key = watchKey(assignment.groupId, assignment.memberId);
    for (const pushed of this.#watchers.get(key) ?? []) pushed(assignment);
  }
}

function watchKey(groupId: string, memberId: string): string {
  return JSON.stringify([groupId, memberId]);
}

function moved(p: number): MillraceError {
  return millraceError('NOT_COORDINATOR', `${GROUPS_TOPIC.name}/${p} is led elsewhere`);
}
