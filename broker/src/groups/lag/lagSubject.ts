/** What there is to measure of a group: partitions, where it stands in them, and who has them. */
import {
  byRef,
  compareText,
  partitionOf,
  type PartitionRef,
  partitionRef,
  topicOf,
} from '@millrace/core/assignors/partitionRef';
import type { TopicId } from '@millrace/core/ids';
import { conditionOf, type GroupCondition } from '../description.ts';
import type { Group, GroupsState } from '../group.ts';
import type { CommittedOffset, StartPosition } from '../groupRecord.ts';
import type { GroupTopics } from '../groupTopics.ts';
import { subscriptionOf } from '../plan.ts';

export interface SubjectPartition {
  readonly ref: PartitionRef;
  readonly committed: CommittedOffset | undefined;
  /** Member id; empty: nobody. */
  readonly owner: string;
}

export interface LagSubject {
  readonly groupId: string;
  /** Looks of its coordinator are counted: what comes from an earlier one says nothing any more. */
  readonly look: number;
  readonly condition: GroupCondition;
  readonly members: number;
  /** Where it begins without a commit. */
  readonly start: StartPosition['kind'];
  readonly partitions: readonly SubjectPartition[];
}

export interface LagSubjectsWanted {
  /** Undefined: all. */
  readonly groupIds: ReadonlySet<string> | undefined;
  /** Of the first one. */
  readonly from: string;
  /** Either is the end of it, the first group is there in any case. */
  readonly groupsMax: number;
  readonly partitionsMax: number;
}

export interface LagSubjects {
  /** By name. */
  readonly subjects: readonly LagSubject[];
  /** There are more after the last one. */
  readonly isCut: boolean;
}

export function lagSubjects(
  state: GroupsState,
  topics: GroupTopics,
  { groupIds, from, groupsMax, partitionsMax }: LagSubjectsWanted,
  look: number,
): LagSubjects {
  const ids = [...(groupIds ?? state.groups.keys())].filter((id) => id >= from).sort(compareText);
  const subjects: LagSubject[] = [];
  let partitions = 0;
  for (const id of ids) {
    const group = state.groups.get(id);
    if (group === undefined) continue;
    if (subjects.length >= groupsMax || partitions >= partitionsMax) {
      return { subjects, isCut: true };
    }
    const subject = lagSubject(group, topics, look);
    partitions += subject.partitions.length;
    subjects.push(subject);
  }
  return { subjects, isCut: false };
}

/**
 * With members: all partitions of what they subscribe to; commits in other topics are of the past. Without: those that
 * have commits, and all of declared topics.
 */
export function lagSubject(group: Group, topics: GroupTopics, look: number): LagSubject {
  const partitions = Array.from(refsOf(group, topics), (ref): SubjectPartition => {
    return { ref, committed: group.offsets.get(ref), owner: group.owners.get(ref) ?? '' };
  });
  return {
    groupId: group.groupId,
    look,
    condition: conditionOf(group),
    members: group.members.size,
    start: group.spec?.start.kind ?? 'earliest',
    partitions,
  };
}

/** By topic, then by partition: pages go on where the last one ended. */
function refsOf(group: Group, topics: GroupTopics): Iterable<PartitionRef> {
  const topicIds = new Set<TopicId>();
  const refs = new Set<PartitionRef>();
  for (const member of group.members.values()) {
    const { topicIds: subscribed } = topics.resolve(subscriptionOf(group, member));
    for (const topicId of subscribed) topicIds.add(topicId);
  }
  if (group.members.size === 0) {
    for (const name of group.spec?.topics ?? []) {
      const topicId = topics.byName(name)?.topicId;
      if (topicId !== undefined) topicIds.add(topicId);
    }
    for (const ref of group.offsets.keys()) {
      if (partitionOf(ref) < (topics.byId(topicOf(ref))?.partitions ?? 0)) refs.add(ref);
    }
  }
  for (const topicId of [...topicIds].sort(compareText)) {
    const count = topics.byId(topicId)?.partitions ?? 0;
    for (let p = 0; p < count; p++) refs.add(partitionRef(topicId, p));
  }
  return group.members.size === 0 ? [...refs].sort(byRef) : refs;
}
