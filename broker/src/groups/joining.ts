import { toAssignorName } from '@millrace/core/assignors/assign';
import { millraceError } from '@millrace/core/errors';
import { checkedTimeout, checkName, checkSubscription, checkText } from './checks.ts';
import type { MemberReference } from './findMember.ts';
import { Group, type GroupsState } from './group.ts';
import type { GroupLimits } from './groupLimits.ts';
import type { GroupRecord, MemberValue } from './groupRecord.ts';
import { removeMember } from './leaving.ts';

export interface JoinRequest extends MemberReference {
  readonly clientId: string;
  /** Names; those that do not exist yet are waited for. */
  readonly topics: readonly string[];
  /** Empty: none. */
  readonly pattern: string;
  /** Empty: no wish. */
  readonly assignor: string;
  /** 0: the default. */
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

/** Throws INVALID_REQUEST, INVALID_TOPIC_NAME, UNKNOWN_ASSIGNOR. */
export function checkJoin(request: JoinRequest, limits: GroupLimits): MemberValue {
  const { topics, pattern, instanceId, clientId } = request;
  checkName('group', request.groupId);
  checkName('member id', request.memberId);
  checkText('instance id', instanceId);
  checkText('client id', clientId);
  checkSubscription(request);
  const { sessionTimeoutMs: session, rebalanceTimeoutMs: rebalance } = limits;
  return {
    instanceId,
    clientId,
    topics: [...topics],
    pattern,
    assignor: request.assignor === '' ? '' : toAssignorName(request.assignor),
    sessionTimeoutMs: checkedTimeout('session timeout', request.sessionTimeoutMs, session),
    rebalanceTimeoutMs: checkedTimeout('rebalance timeout', request.rebalanceTimeoutMs, rebalance),
  };
}

/**
 * A join that is sent again changes nothing and takes nothing away: the member has what it had. One with the instance id
 * of another member takes its place and its partitions at once; that member is fenced. Throws GROUP_FULL, and
 * TOO_MANY_REQUESTS if `admit`, asked for new members alone, says no.
 */
export function join(
  state: GroupsState,
  request: JoinRequest,
  value: MemberValue,
  limits: GroupLimits,
  admit: () => boolean,
): GroupRecord[] {
  const { groupId, memberId, instanceId } = request;
  const group = state.groups.get(groupId) ?? new Group(groupId);
  const known = group.members.get(memberId);
  if (known !== undefined) return joinAgain(state, group, memberId, known, value);
  const holder = instanceId === '' ? undefined : group.instances.get(instanceId);
  checkRoom(state, group, limits, holder === undefined);
  if (!admit()) throw millraceError('TOO_MANY_REQUESTS', 'too many members join at once');
  state.unsettled.add(groupId);
  const member: GroupRecord = { kind: 'member', groupId, memberId, value };
  return holder === undefined ? [member] : takeOver(group, holder, memberId, member);
}

function joinAgain(
  state: GroupsState,
  { groupId }: Group,
  memberId: string,
  known: MemberValue,
  value: MemberValue,
): GroupRecord[] {
  if (known.instanceId !== value.instanceId) {
    const message = `${memberId} has joined ${groupId} under another instance id`;
    throw millraceError('INVALID_REQUEST', message);
  }
  if (JSON.stringify(known) === JSON.stringify(value)) return [];
  state.unsettled.add(groupId);
  return [{ kind: 'member', groupId, memberId, value }];
}

function checkRoom(
  state: GroupsState,
  group: Group,
  limits: GroupLimits,
  isNewPlace: boolean,
): void {
  if (!state.groups.has(group.groupId) && state.groups.size >= limits.groupsMax) {
    const message = `this coordinator has ${limits.groupsMax} groups, which is the limit`;
    throw millraceError('GROUP_FULL', message);
  }
  if (isNewPlace && group.members.size >= limits.membersMax) {
    const message = `${group.groupId} has ${limits.membersMax} members, which is the limit`;
    throw millraceError('GROUP_FULL', message);
  }
}

/** What the process before was to give up, it has: whoever names its instance id has seen it end. */
function takeOver(
  group: Group,
  holder: string,
  memberId: string,
  member: GroupRecord,
): GroupRecord[] {
  const { groupId } = group;
  const current = group.current(holder);
  const partitions = group.target(holder);
  const inherited = {
    ...current,
    revision: current.revision + 1,
    state: 'assigning' as const,
    revoking: new Map(),
  };
  return [
    ...removeMember(group, holder),
    member,
    { kind: 'target', groupId, memberId, value: { partitions } },
    { kind: 'current', groupId, memberId, value: inherited },
  ];
}
