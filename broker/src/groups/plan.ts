import { type AssignorName, DEFAULT_ASSIGNOR } from '@millrace/core/assignors/assign';
import type { AssignorMember, AssignorTopic } from '@millrace/core/assignors/assignor';
import {
  compareText,
  type PartitionRef,
  partitionRef,
} from '@millrace/core/assignors/partitionRef';
import { crc32cOfRange } from '@millrace/core/crc32c';
import type { TopicId } from '@millrace/core/ids';
import { murmur2 } from '@millrace/core/murmur2';
import type { Group } from './group.ts';
import type { MemberValue } from './groupRecord.ts';
import type { GroupTopics, Subscription } from './groupTopics.ts';

/** All that a target assignment is made from. */
export interface Plan {
  readonly assignor: AssignorName;
  readonly members: readonly AssignorMember[];
  readonly topics: readonly AssignorTopic[];
  readonly pins: ReadonlyMap<PartitionRef, string>;
  readonly isPaused: boolean;
  /** Equal for equal plans. A static member that comes back under another member id changes nothing. */
  readonly basis: string;
}

export function planOf(group: Group, topics: GroupTopics): Plan {
  const { spec } = group;
  const parts: string[] = [];
  const members: AssignorMember[] = [];
  const topicIds = new Set<TopicId>();
  for (const [memberId, member] of group.members) {
    const { instanceId } = member;
    const resolved = topics.resolve(subscriptionOf(group, member));
    const instance = instanceId === '' ? undefined : instanceId;
    members.push({ memberId, instanceId: instance, topics: resolved.topicIds });
    parts.push(`${instance === undefined ? 'm' : 'i'}${instance ?? memberId}\n${resolved.digest}`);
    for (const topicId of resolved.topicIds) topicIds.add(topicId);
  }
  parts.sort(compareText);
  const assigned = [...topicIds].sort(compareText).map((topicId) => {
    const count = topics.byId(topicId)?.partitions ?? 0;
    parts.push(`${topicId}\n${count}`);
    return { topicId, partitions: Array.from({ length: count }, (_, partition) => partition) };
  });
  const pins = pinsOf(group, topics);
  for (const [ref, instanceId] of pins) parts.push(`${ref}\n${instanceId}`);
  const assignor = assignorOf(group);
  const isPaused = spec?.paused === true;
  parts.push(assignor, String(isPaused));
  return { assignor, members, topics: assigned, pins, isPaused, basis: digest(parts) };
}

/** Declared topics override what the member asks for. */
export function subscriptionOf(group: Group, { topics, pattern }: MemberValue): Subscription {
  const declared = group.spec?.topics ?? [];
  return declared.length === 0 ? { topics, pattern } : { topics: declared, pattern: '' };
}

/** Declared, else what most members ask for. */
export function assignorOf(group: Group): AssignorName {
  const declared = group.spec?.assignor ?? '';
  if (declared !== '') return declared;
  const votes = new Map<AssignorName, number>();
  for (const { assignor } of group.members.values()) {
    if (assignor !== '') votes.set(assignor, (votes.get(assignor) ?? 0) + 1);
  }
  const [most] = [...votes].sort(
    ([left, leftVotes], [right, rightVotes]) => rightVotes - leftVotes || compareText(left, right),
  );
  return most?.[0] ?? DEFAULT_ASSIGNOR;
}

function pinsOf(group: Group, topics: GroupTopics): Map<PartitionRef, string> {
  const pins = new Map<PartitionRef, string>();
  for (const { instanceId, topic, partitions } of group.spec?.pins ?? []) {
    const topicId = topics.byName(topic)?.topicId;
    if (topicId === undefined) continue;
    for (const partition of partitions) pins.set(partitionRef(topicId, partition), instanceId);
  }
  return pins;
}

function digest(parts: readonly string[]): string {
  const text = Buffer.from(parts.join('\n\n'));
  const crc = crc32cOfRange(text, 0, text.length).toString(16);
  return `${crc}-${(murmur2(text) >>> 0).toString(16)}`;
}
