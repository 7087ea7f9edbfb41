/** Groups in millrace.v1.Admin. */
import { type AssignorName, toAssignorName } from '@millrace/core/assignors/assign';
import { checkedPartitionRef, type PartitionRef } from '@millrace/core/assignors/partitionRef';
import { millraceError } from '@millrace/core/errors';
import type { DeclareGroupRequest__Output } from '@millrace/proto/generated/millrace/v1/DeclareGroupRequest';
import type { DeclareGroupResponse } from '@millrace/proto/generated/millrace/v1/DeclareGroupResponse';
import type { DeleteGroupRequest__Output } from '@millrace/proto/generated/millrace/v1/DeleteGroupRequest';
import type { DeleteGroupResponse } from '@millrace/proto/generated/millrace/v1/DeleteGroupResponse';
import type { DescribeGroupRequest__Output } from '@millrace/proto/generated/millrace/v1/DescribeGroupRequest';
import type { DescribeGroupResponse } from '@millrace/proto/generated/millrace/v1/DescribeGroupResponse';
import type { GroupMember } from '@millrace/proto/generated/millrace/v1/GroupMember';
import type {
  GroupSpec as SpecMessage,
  GroupSpec__Output,
} from '@millrace/proto/generated/millrace/v1/GroupSpec';
import type { ListGroupsRequest__Output } from '@millrace/proto/generated/millrace/v1/ListGroupsRequest';
import type { ListGroupsResponse } from '@millrace/proto/generated/millrace/v1/ListGroupsResponse';
import type { ResetOffsetsRequest__Output } from '@millrace/proto/generated/millrace/v1/ResetOffsetsRequest';
import type { ResetOffsetsResponse } from '@millrace/proto/generated/millrace/v1/ResetOffsetsResponse';
import type { GroupDescription, MemberDescription } from '../groups/description.ts';
import type { GroupCoordinator } from '../groups/groupCoordinator.ts';
import type { GroupSpec, MemberState } from '../groups/groupRecord.ts';
import type { ResetResult } from '../groups/resetting.ts';
import type { ServerContext } from './context.ts';
import {
  byTopic,
  conditionMessage,
  committedMessage,
  fetchedMessages,
  named,
  startMessage,
  toStartPosition,
} from './groupMessages.ts';
import { lagSummaryMessage } from './groupLagMessages.ts';
import { describeGroupLag } from './groupLagService.ts';
import type { CoordinatorMethods } from './onCoordinator.ts';
import { natural, toPartition } from './requests.ts';

const STATES = {
  stable: 'GROUP_MEMBER_STATE_STABLE',
  revoking: 'GROUP_MEMBER_STATE_REVOKING',
  assigning: 'GROUP_MEMBER_STATE_ASSIGNING',
} as const satisfies Record<MemberState, string>;

/** Its methods by name. */
export function groupAdmin(context: ServerContext, methods: CoordinatorMethods) {
  const { engine } = context;
  const service = 'Admin' as const;
  return {
    ListGroups: methods.everywhere<ListGroupsRequest__Output, ListGroupsResponse>(
      '/millrace.v1.Admin/ListGroups',
      'ListGroups',
      async () => {
        const summaries = await engine.groups.list();
        return {
          groups: summaries.map(({ groupId, condition, members }) => ({
            group: groupId,
            condition: conditionMessage(condition),
            members,
          })),
        };
      },
      (responses) => ({ groups: responses.flatMap(({ groups }) => groups ?? []).sort(byName) }),
    ),
    DescribeGroup: methods.handler<DescribeGroupRequest__Output, DescribeGroupResponse>({
      service,
      method: 'DescribeGroup',
      here: async (coordinator, { group }) => {
        const description = await coordinator.describe(group);
        const lag = await engine.groups.lagOf(group);
        return { ...described(description), ...(lag && { lag: lagSummaryMessage(lag) }) };
      },
      none: noGroup,
    }),
    DescribeGroupLag: describeGroupLag(context, methods),
    DeclareGroup: methods.handler<DeclareGroupRequest__Output, DeclareGroupResponse>({
      service,
      method: 'DeclareGroup',
      here: async (coordinator, { group, uid, generation, spec }) => {
        const wanted = spec === null ? undefined : toSpec(spec);
        await coordinator.declare({ groupId: group, uid, generation, spec: wanted });
        return {};
      },
    }),
    DeleteGroup: methods.handler<DeleteGroupRequest__Output, DeleteGroupResponse>({
      service,
      method: 'DeleteGroup',
      here: async (coordinator, { group }) => {
        await coordinator.delete(group);
        return {};
      },
      none: noGroup,
    }),
    ResetOffsets: methods.handler<ResetOffsetsRequest__Output, ResetOffsetsResponse>({
      service,
      method: 'ResetOffsets',
      here: async (coordinator, request) => ({
        offsets: (await resetOffsets(coordinator, request)).map(({ ref, before, after }) => ({
          ...named(ref),
          ...(before && { before: committedMessage(before) }),
          ...(after && { after: committedMessage(after) }),
        })),
      }),
    }),
  };
}

function byName(left: { readonly group?: string }, right: { readonly group?: string }): number {
  return (left.group ?? '') < (right.group ?? '') ? -1 : 1;
}

function noGroup({ group }: { readonly group: string }): never {
  const shown = JSON.stringify(group.slice(0, 100));
  throw millraceError('UNKNOWN_GROUP', `there is no group ${shown}`);
}

async function resetOffsets(
  coordinator: GroupCoordinator,
  { group, offsets, dryRun, undo }: ResetOffsetsRequest__Output,
): Promise<readonly ResetResult[]> {
  const mode = dryRun ? 'dry-run' : 'apply';
  if (undo) {
    if (offsets.length === 0) return await coordinator.undoReset(group, mode);
    throw millraceError('INVALID_REQUEST', 'offsets are given, and undo is set');
  }
  if (offsets.length === 0) throw millraceError('INVALID_REQUEST', 'no offsets are given');
  const wanted = new Map<PartitionRef, number | undefined>();
  for (const { topicId, partition, offset } of offsets) {
    const ref = checkedPartitionRef(topicId, toPartition(partition));
    wanted.set(ref, offset === undefined ? undefined : natural('offset', offset));
  }
  return await coordinator.reset(group, wanted, mode);
}

function described(group: GroupDescription): DescribeGroupResponse {
  const { groupId, condition, epoch, assignor, declaration, lastResetMs } = group;
  const spec = declaration?.spec;
  return {
    group: groupId,
    condition: conditionMessage(condition),
    epoch,
    assignor,
    members: group.members.map(memberMessage),
    offsets: fetchedMessages(group.offsets),
    ...(spec && { declared: specMessage(spec) }),
    ...(lastResetMs === undefined ? {} : { lastResetMs }),
  };
}

function memberMessage(member: MemberDescription): GroupMember {
  const { memberId, instanceId, clientId, memberEpoch, topics, pattern } = member;
  return {
    memberId,
    instanceId,
    clientId,
    memberEpoch,
    topics: [...topics],
    pattern,
    state: STATES[member.state],
    assigned: byTopic(member.assigned),
    revoking: byTopic(member.revoking),
    target: byTopic(member.target),
  };
}

function toSpec(message: GroupSpec__Output): GroupSpec {
  const { topics, sessionTimeoutMs, rebalanceTimeoutMs, pins, paused } = message;
  const assignor: AssignorName | '' =
    message.assignor === '' ? '' : toAssignorName(message.assignor);
  const start = toStartPosition(message.start);
  return { topics, assignor, sessionTimeoutMs, rebalanceTimeoutMs, start, pins, paused };
}

function specMessage(spec: GroupSpec): SpecMessage {
  return {
    ...spec,
    topics: [...spec.topics],
    start: startMessage(spec.start),
    pins: spec.pins.map((pin) => ({ ...pin, partitions: [...pin.partitions] })),
  };
}
