import assert from 'node:assert/strict';
import { type PartitionRef, partitionRef } from '@millrace/core/assignors/partitionRef';
import { MillraceError } from '@millrace/core/errors';
import { type TopicId, toTopicId } from '@millrace/core/ids';
import type { CoordinatorRulesOff } from '../../src/coordinator/coordinatorRules.ts';
import type { GroupAssignment } from '../../src/groups/assignment.ts';
import { GroupCoordinator } from '../../src/groups/groupCoordinator.ts';
import type { GroupRulesOff } from '../../src/groups/groupRules.ts';
import { GROUP_LIMITS, type GroupLimits } from '../../src/groups/groupLimits.ts';
import { type GroupTopic, GroupTopics, type TopicSource } from '../../src/groups/groupTopics.ts';
import type { JoinRequest } from '../../src/groups/joining.ts';
import { type LeaderLog, LogWorld } from '../coordinator/logWorld.ts';
import { ManualClock } from '../engine/manualClock.ts';

export class TestTopics implements TopicSource {
  isLoaded = true;
  readonly #topics = new Map<string, GroupTopic>();
  put(name: string, partitions: number): TopicId {
    const index = this.#topics.get(name)?.topicId ?? idOf(this.#topics.size + 1);
    const topic = { topicId: index, name, internal: name.startsWith('__'), partitions };
    this.#topics.set(name, topic);
    return topic.topicId;
  }
  remove(name: string): void {
    this.#topics.delete(name);
  }
  byName(name: string): GroupTopic | undefined {
    return this.#topics.get(name);
  }
  byId(topicId: TopicId): GroupTopic | undefined {
    return [...this.#topics.values()].find((topic) => topic.topicId === topicId);
  }
  all(): Iterable<GroupTopic> {
    return this.#topics.values();
  }
}

function idOf(index: number): TopicId {
  return toTopicId(`00000000-0000-4000-8000-${String(index).padStart(12, '0')}`);
}

export const GROUP = 'billing';

const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

/** One partition of `__groups`, its coordinators one after the other, and topics. Time passes when the test says so. */
export class GroupWorld {
  readonly log = new LogWorld();
  readonly clock = new ManualClock();
  readonly topics = new TestTopics();
  readonly limits: GroupLimits;
  /** What members of the newest coordinator were told unasked. */
  readonly pushed: GroupAssignment[] = [];
  /** The same of all coordinators. */
  onAssigned: (assignment: GroupAssignment) => void = () => {};
  coordinator: GroupCoordinator;
  #leaderLog: LeaderLog | undefined;
  readonly #groupTopics = new GroupTopics(this.topics);
  readonly #rulesOff: CoordinatorRulesOff | undefined;
  readonly #groupRulesOff: GroupRulesOff | undefined;

  constructor(
    limits: Partial<GroupLimits> = {},
    rulesOff?: CoordinatorRulesOff,
    groupRulesOff?: GroupRulesOff,
  ) {
    this.#groupRulesOff = groupRulesOff;
    this.limits = { ...GROUP_LIMITS, ...limits };
    this.#rulesOff = rulesOff;
    this.coordinator = this.#elect(0);
  }

  /** The partition is led anew; the old coordinator does not know. `kept`: of its uncommitted batches. */
  failOver(kept = 0): GroupCoordinator {
    this.coordinator = this.#elect(kept);
    return this.coordinator;
  }

  growTopic(name: string, partitions: number): TopicId {
    const topicId = this.topics.put(name, partitions);
    this.topicsChanged();
    return topicId;
  }

  topicsChanged(): void {
    this.#groupTopics.changed();
    this.coordinator.topicsChanged();
  }

  /** Lets promises and ticks go on; no time passes. */
  async settled(rounds = 6): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      this.clock.tick();
    }
  }

  async pass(ms: number, stepMs = 50): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.pass(Math.min(left, stepMs));
      await this.settled(4);
    }
  }

  /** With the time it takes, at most a second. */
  async answer<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const done = (): void => {
      isDone = true;
    };
    promise.then(done, done);
    for (let ms = 0; ms <= 1500 && !isDone; ms += 50) {
      await this.settled();
      if (!isDone) this.clock.pass(50);
    }
    assert.ok(isDone, 'no answer');
    return promise;
  }

  async refused(promise: Promise<unknown>): Promise<string> {
    try {
      await this.answer(promise);
    } catch (error) {
      assert.ok(error instanceof MillraceError, String(error));
      return error.code;
    }
    return 'none';
  }

  async member(memberId: string, more: Partial<JoinRequest> = {}): Promise<TestMember> {
    const member = new TestMember(this, memberId, more);
    await member.join();
    return member;
  }

  /** What the log of the newest coordinator holds. */
  commit(): void {
    this.#leaderLog?.commit();
  }

  #elect(kept: number): GroupCoordinator {
    const log = this.log.elect(kept);
    this.#leaderLog = log;
    const coordinator: GroupCoordinator = new GroupCoordinator({
      log,
      clock: this.clock,
      logger: QUIET,
      topics: this.#groupTopics,
      limits: this.limits,
      assigned: (assignment) => {
        this.onAssigned(assignment);
        if (this.coordinator === coordinator) this.pushed.push(assignment);
      },
      ...(this.#rulesOff && { rulesOff: this.#rulesOff }),
      ...(this.#groupRulesOff && { groupRulesOff: this.#groupRulesOff }),
    });
    coordinator.lead();
    return coordinator;
  }
}

/** One that does as it is told at once, and talks when the test says so. */
export class TestMember {
  readonly memberId: string;
  readonly #world: GroupWorld;
  readonly #more: Partial<JoinRequest>;
  assignment: GroupAssignment | undefined;
  owned = new Set<PartitionRef>();

  constructor(world: GroupWorld, memberId: string, more: Partial<JoinRequest> = {}) {
    this.#world = world;
    this.memberId = memberId;
    this.#more = more;
  }

  get reference() {
    return {
      groupId: this.#more.groupId ?? GROUP,
      memberId: this.memberId,
      instanceId: this.#more.instanceId ?? '',
    };
  }

  get partitions(): number[] {
    return [...this.owned].map((ref) => Number(ref.slice(37))).sort((a, b) => a - b);
  }

  get request(): JoinRequest {
    return {
      ...this.reference,
      clientId: 'test',
      topics: ['orders'],
      pattern: '',
      assignor: '',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 20_000,
      ...this.#more,
    };
  }

  async join(): Promise<void> {
    const { assignment } = await this.#world.answer(this.#world.coordinator.join(this.request));
    this.#take(assignment);
  }

  /** Once: what it is told to give up it has given up when it next says something. */
  async heartbeat(): Promise<void> {
    const request = {
      ...this.reference,
      memberEpoch: this.assignment?.memberEpoch ?? 0,
      revision: this.assignment?.revision ?? 0,
      owned: this.owned,
    };
    const { assignment } = await this.#world.answer(this.#world.coordinator.heartbeat(request));
    this.#take(assignment);
  }

  leave(): Promise<void> {
    return this.#world.answer(this.#world.coordinator.leave(this.reference));
  }

  /** Answers with the code of each error, `ok` for none. */
  async commit(
    ref: PartitionRef,
    offset: number,
    more: {
      readonly memberEpoch?: number;
      readonly metadata?: string;
      readonly direction?: 'forward' | 'rewind';
    } = {},
  ): Promise<string> {
    const { memberEpoch = this.assignment?.memberEpoch ?? 0, metadata = '' } = more;
    const { direction = 'forward' } = more;
    const offsets = [{ ref, offset, leaderEpoch: 3, metadata }];
    const request = { ...this.reference, memberEpoch, direction, offsets };
    const [result] = await this.#world.answer(this.#world.coordinator.commit(request));
    return result?.error?.code ?? 'ok';
  }

  #take(assignment: GroupAssignment | undefined): void {
    if (assignment === undefined) return;
    this.assignment = assignment;
    this.owned = new Set(assignment.assigned.map(({ ref }) => ref));
  }
}

/** Heartbeats of all until nothing changes. */
export async function converge(members: readonly TestMember[]): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await Promise.all(members.map((member) => member.heartbeat()));
  }
}

export function ref(topicId: TopicId, partition: number): PartitionRef {
  return partitionRef(topicId, partition);
}
