/** The unary half of groups in millrace.v1.Consumer. */
import type { CommitOffsetsRequest__Output } from '@millrace/proto/generated/millrace/v1/CommitOffsetsRequest';
import type { CommitOffsetsResponse } from '@millrace/proto/generated/millrace/v1/CommitOffsetsResponse';
import type { FetchOffsetsRequest__Output } from '@millrace/proto/generated/millrace/v1/FetchOffsetsRequest';
import type { FetchOffsetsResponse } from '@millrace/proto/generated/millrace/v1/FetchOffsetsResponse';
import type { GroupHeartbeatRequest__Output } from '@millrace/proto/generated/millrace/v1/GroupHeartbeatRequest';
import type { GroupHeartbeatResponse } from '@millrace/proto/generated/millrace/v1/GroupHeartbeatResponse';
import type { GroupCoordinator } from '../groups/groupCoordinator.ts';
import type { ServerContext } from './context.ts';
import { errorMessage } from './errorMessage.ts';
import {
  assignmentMessage,
  fetchedMessages,
  named,
  toCommit,
  toHeartbeat,
  toJoin,
  toReference,
  toRefs,
} from './groupMessages.ts';
import type { CoordinatorMethods } from './onCoordinator.ts';

/** Its methods by name. */
export function groupConsumer(context: ServerContext, methods: CoordinatorMethods) {
  const service = 'Consumer' as const;
  return {
    GroupHeartbeat: methods.handler<GroupHeartbeatRequest__Output, GroupHeartbeatResponse>({
      service,
      method: 'GroupHeartbeat',
      here: groupHeartbeat,
    }),
    CommitOffsets: methods.handler<CommitOffsetsRequest__Output, CommitOffsetsResponse>({
      service,
      method: 'CommitOffsets',
      here: async (coordinator, request) => {
        const results = await coordinator.commit(toCommit(request));
        return {
          partitions: results.map(({ ref, error }) => ({
            ...named(ref),
            ...(error && { error: errorMessage(context.hinted(error, 'client')) }),
          })),
        };
      },
    }),
    FetchOffsets: methods.handler<FetchOffsetsRequest__Output, FetchOffsetsResponse>({
      service,
      method: 'FetchOffsets',
      here: async (coordinator, { group, partitions }) => {
        const refs = partitions.length === 0 ? undefined : toRefs(partitions);
        return { offsets: fetchedMessages(await coordinator.fetchOffsets(group, refs)) };
      },
    }),
  };
}

async function groupHeartbeat(
  coordinator: GroupCoordinator,
  request: GroupHeartbeatRequest__Output,
): Promise<GroupHeartbeatResponse> {
  if (request.leave) {
    await coordinator.leave(toReference(request));
    return {};
  }
  const { assignment, heartbeatMs } =
    request.join === null
      ? await coordinator.heartbeat(toHeartbeat(request))
      : await coordinator.join(toJoin(request, request.join));
  return { heartbeatMs, ...(assignment && { assignment: assignmentMessage(assignment) }) };
}
