import { millraceError } from '@millrace/core/errors';
import { checkName, checkTopicNames, checkedTimeout } from './checks.ts';
import { Group, type GroupsState } from './group.ts';
import { type GroupLimits, PINS_MAX } from './groupLimits.ts';
import type { DeclarationValue, GroupRecord, GroupSpec, StartPosition } from './groupRecord.ts';

export interface DeclareRequest extends DeclarationValue {
  readonly groupId: string;
}

/** Throws INVALID_REQUEST, INVALID_TOPIC_NAME. */
export function checkDeclaration(request: DeclareRequest, limits: GroupLimits): void {
  checkName('group', request.groupId);
  checkName('uid', request.uid);
  if (!Number.isSafeInteger(request.generation) || request.generation < 0) {
    throw millraceError('INVALID_REQUEST', `${request.generation} is no generation`);
  }
  const { spec } = request;
  if (spec === undefined) return;
  checkTopicNames(spec.topics);
  checkedTimeout('session timeout', spec.sessionTimeoutMs, limits.sessionTimeoutMs);
  checkedTimeout('rebalance timeout', spec.rebalanceTimeoutMs, limits.rebalanceTimeoutMs);
  checkStart(spec.start);
  checkPins(spec);
}

function checkStart(start: StartPosition): void {
  if (!('value' in start)) return;
  if (Number.isSafeInteger(start.value) && start.value >= 0) return;
  throw millraceError('INVALID_REQUEST', `${start.value} ms is no start position`);
}

function checkPins({ pins }: GroupSpec): void {
  const pinned = new Map<string, string>();
  for (const { instanceId, topic, partitions } of pins) {
    checkName('instance id of a pin', instanceId);
    checkTopicNames([topic]);
    for (const partition of partitions) {
      if (!Number.isInteger(partition) || partition < 0 || partition > 0x7fff_ffff) {
        throw millraceError('INVALID_REQUEST', `${partition} is no partition of ${topic}`);
      }
      const key = `${topic}/${partition}`;
      const other = pinned.get(key);
      if (other !== undefined) {
        const message = `${key} is pinned twice, to ${other} and to ${instanceId}`;
        throw millraceError('INVALID_REQUEST', message);
      }
      pinned.set(key, instanceId);
      if (pinned.size > PINS_MAX) {
        throw millraceError('INVALID_REQUEST', `more than ${PINS_MAX} partitions are pinned`);
      }
    }
  }
}

/**
 * The same resource in a generation that is not newer changes nothing; another one replaces it, unless it only wants to
 * be withdrawn: it was replaced already. Throws GROUP_FULL.
 */
export function declare(
  state: GroupsState,
  { groupId, uid, generation, spec }: DeclareRequest,
  limits: GroupLimits,
): GroupRecord[] {
  const group = state.groups.get(groupId) ?? new Group(groupId);
  const known = group.declaration;
  const isSame = known?.uid === uid;
  if (isSame && generation <= known.generation) return [];
  if (spec === undefined && !isSame) return [];
  if (!state.groups.has(groupId) && state.groups.size >= limits.groupsMax) {
    const message = `this coordinator has ${limits.groupsMax} groups, which is the limit`;
    throw millraceError('GROUP_FULL', message);
  }
  state.unsettled.add(groupId);
  return [{ kind: 'declaration', groupId, value: { uid, generation, spec } }];
}
