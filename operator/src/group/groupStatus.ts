/** What `kubectl get consumergroups` says of a group. Pure. */
import type { GroupDescription, GroupMember } from '@millrace/client/groupDescription';
import { type NewCondition, withTransitionTimes } from '@millrace/core/resources/custom/condition';
import type {
  ConsumerGroupResource,
  ConsumerGroupStatus,
} from '@millrace/core/resources/custom/consumerGroupResource';
import { isSame } from '../world/covers.ts';
import { groupIdOf } from './groupDeclaration.ts';

export interface GroupJudgement {
  readonly description: GroupDescription | undefined;
  /** Of a topicId. */
  readonly topicName: (topicId: string) => string;
  readonly problem: { readonly reason: string; readonly message: string } | undefined;
  readonly reset:
    | { readonly done: boolean; readonly reason: string; readonly message: string }
    | undefined;
}

const MEMBERS_SHOWN = 256;
const ASSIGNED_CHARS_MAX = 4000;
/** A group that is behind for so long is told to be. */
const LAGGING_SECONDS = 60;
const LAG_MOVED_SHARE = 0.1;

export function groupStatus(
  group: ConsumerGroupResource,
  judgement: GroupJudgement,
  now: string,
): ConsumerGroupStatus {
  const { description, problem, reset, topicName } = judgement;
  const observedGeneration = group.metadata.generation;
  const conditions: NewCondition[] = [
    problem === undefined
      ? { type: 'Ready', status: 'True', reason: 'Declared', message: 'the coordinator has it' }
      : { type: 'Ready', status: 'False', ...problem },
  ];
  if (problem !== undefined) conditions.push({ type: 'Reconciling', status: 'True', ...problem });
  const lagging = laggingOf(description);
  if (lagging !== undefined) conditions.push(lagging);
  const said = resetOf(group, reset);
  if (said !== undefined) conditions.push(said);
  const resetId = reset?.done === true ? group.spec.resetOffsets?.id : group.status?.lastResetId;
  return {
    conditions: withTransitionTimes(
      group.status?.conditions ?? [],
      conditions.map((condition) => ({ ...condition, observedGeneration })),
      now,
    ),
    observedGeneration,
    groupId: groupIdOf(group),
    ...(description === undefined ? {} : described(description, topicName)),
    ...(resetId === undefined ? {} : { lastResetId: resetId }),
  };
}

function described(
  description: GroupDescription,
  topicName: (topicId: string) => string,
): Partial<ConsumerGroupStatus> {
  const { condition, epoch, memberDetails, lag } = description;
  // A sum that leaves partitions out is no lag: a leader that is away must not look like a group that keeps up.
  const isKnown = lag !== undefined && lag.error === undefined && lag.partitionsUnknown === 0;
  return {
    state: condition,
    groupEpoch: epoch,
    memberCount: memberDetails.length,
    members: memberDetails.slice(0, MEMBERS_SHOWN).map((member) => memberStatus(member, topicName)),
    ...(isKnown
      ? { lagRecords: String(lag.records), lagSeconds: Math.floor(lag.lagMs / 1000) }
      : {}),
  };
}

function memberStatus(member: GroupMember, topicName: (topicId: string) => string) {
  const { memberId, instanceId, clientId, assigned } = member;
  const byTopic = new Map<string, number[]>();
  for (const { topicId, partition } of assigned) {
    const partitions = byTopic.get(topicId);
    if (partitions === undefined) byTopic.set(topicId, [partition]);
    else partitions.push(partition);
  }
  const texts = [...byTopic].map(
    ([topicId, partitions]) => `${topicName(topicId)}:${ranges(partitions)}`,
  );
  return {
    memberId,
    assigned: texts.toSorted().join(' ').slice(0, ASSIGNED_CHARS_MAX),
    ...(instanceId === '' ? {} : { instanceId }),
    ...(clientId === '' ? {} : { clientId }),
  };
}

/** 0, 1, 2, 7 is `0-2,7`. */
export function ranges(partitions: readonly number[]): string {
  const texts: string[] = [];
  const sorted = partitions.toSorted((left, right) => left - right);
  for (let at = 0; at < sorted.length; ) {
    const from = sorted[at] ?? 0;
    let to = from;
    while (sorted[at + 1] === to + 1) {
      to += 1;
      at += 1;
    }
    texts.push(from === to ? `${from}` : `${from}-${to}`);
    at += 1;
  }
  return texts.join(',');
}

function laggingOf(description: GroupDescription | undefined): NewCondition | undefined {
  const lag = description?.lag;
  if (lag === undefined || lag.error !== undefined) return undefined;
  const seconds = Math.floor(lag.lagMs / 1000);
  const isBehind = seconds >= LAGGING_SECONDS;
  return {
    type: 'Lagging',
    status: isBehind ? 'True' : 'False',
    reason: isBehind ? 'Behind' : 'KeepsUp',
    message: isBehind
      ? `the oldest record that is not committed is more than ${LAGGING_SECONDS} s old; see millrace group lag`
      : 'no record waits for long',
  };
}

function resetOf(
  group: ConsumerGroupResource,
  reset: GroupJudgement['reset'],
): NewCondition | undefined {
  if (group.spec.resetOffsets === undefined) return undefined;
  if (reset === undefined) {
    const before = group.status?.conditions?.find(({ type }) => type === 'OffsetsReset');
    if (before === undefined) return undefined;
    const { lastTransitionTime: _, ...kept } = before;
    return kept;
  }
  const { done, reason, message } = reset;
  return { type: 'OffsetsReset', status: done ? 'True' : 'False', reason, message };
}

/** State and assignment at once; lag only when it moved by more than a tenth. */
export function isWorthWriting(
  before: ConsumerGroupStatus | undefined,
  wanted: ConsumerGroupStatus,
): boolean {
  if (before === undefined) return true;
  const { lagRecords: _, lagSeconds: __, ...rest } = wanted;
  const { lagRecords: records, lagSeconds: ___, ...restBefore } = before;
  if (!isSame(rest, restBefore)) return true;
  if ((records === undefined) !== (wanted.lagRecords === undefined)) return true;
  const [was, is] = [Number(records ?? 0), Number(wanted.lagRecords ?? 0)];
  return Math.abs(is - was) > LAG_MOVED_SHARE * Math.max(was, is);
}
