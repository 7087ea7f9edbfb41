/** The unary half of groups in millrace.v1.Consumer. */
import type { CommitOffsetsRequest__Output } from '@millrace/proto/generated/millrace/v1/CommitOffsetsRequest';
import type { CommitOffsetsResponse } from '@millrace/proto/generated/millrace/v1/CommitOffsetsResponse';
import type { FetchOffsetsRequest__Output } from '@millrace/proto/generated/millrace/v1/FetchOffsetsRequest';
import type { FetchOffsetsResponse } from '@millrace/proto/generated/millrace/v1/FetchOffsetsResponse';
import type { GroupHeartbeatRequest__Output } from '@millrace/proto/generated/millrace/v1/GroupHeartbeatRequest';
import type { GroupHeartbeatResponse } from '@millrace/proto/generated/millrace/v1/GroupHeartbeatResponse';
import { type Groups, POLL_MS_MAX } from '../engine/groups.ts';
import type { GroupAssignment } from '../groups/assignment.ts';
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
import type { Asker, CoordinatorMethods } from './onCoordinator.ts';
import { remainingMs } from './onLeader.ts';

/** Heartbeats that wait for news at other brokers: each takes a stream of the connection that commits use too. */
const PASSED_ON_WAITING_MAX = 1024;

/** What a group's coordinator is asked by members, one by one or on a stream. */
export interface MemberAskers {
  readonly heartbeat: Asker<GroupHeartbeatRequest__Output, GroupHeartbeatResponse>;
  readonly commit: Asker<CommitOffsetsRequest__Output, CommitOffsetsResponse>;
}

export function memberAskers(context: ServerContext, methods: CoordinatorMethods): MemberAskers {
  const service = 'Consumer' as const;
  let waiting = 0;
  return {
    heartbeat: methods.asker({
      service,
      method: 'GroupHeartbeat',
      here: (coordinator, request) => groupHeartbeat(context.engine.groups, coordinator, request),
      passOn: async (request, send, at) => {
        const mayWait = request.maxWaitMs > 0 && waiting < PASSED_ON_WAITING_MAX;
        if (mayWait) waiting += 1;
        try {
          // Without waiting its news come with the next heartbeat.
          const response = await send(mayWait ? request : { ...request, maxWaitMs: 0 });
          if (at === undefined) return response;
          return { ...response, coordinator: { listener: 'client', host: at.host, port: at.port } };
        } finally {
          if (mayWait) waiting -= 1;
        }
      },
    }),
    commit: methods.asker({
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
  };
}

/** Its methods by name. */
export function groupConsumer(
  context: ServerContext,
  methods: CoordinatorMethods,
  askers: MemberAskers,
) {
  return {
    GroupHeartbeat: context.unary<GroupHeartbeatRequest__Output, GroupHeartbeatResponse>(
      'GroupHeartbeat',
      (request, call) => askers.heartbeat(request, remainingMs(context, call)),
    ),
    CommitOffsets: context.unary<CommitOffsetsRequest__Output, CommitOffsetsResponse>(
      'CommitOffsets',
      (request, call) => askers.commit(request, remainingMs(context, call)),
    ),
    FetchOffsets: methods.handler<FetchOffsetsRequest__Output, FetchOffsetsResponse>({
      service: 'Consumer',
      method: 'FetchOffsets',
      here: async (coordinator, { group, partitions }) => {
        const refs = partitions.length === 0 ? undefined : toRefs(partitions);
        return { offsets: fetchedMessages(await coordinator.fetchOffsets(group, refs)) };
      },
    }),
  };
}

async function groupHeartbeat(
  groups: Groups,
  coordinator: GroupCoordinator,
  request: GroupHeartbeatRequest__Output,
): Promise<GroupHeartbeatResponse> {
  if (request.leave) {
    await coordinator.leave(toReference(request));
    return {};
  }
  if (request.join !== null) {
    const { assignment, heartbeatMs } = await coordinator.join(toJoin(request, request.join));
    return answered(assignment, Math.min(heartbeatMs, POLL_MS_MAX));
  }
  const heartbeat = toHeartbeat(request);
  const { assignment, heartbeatMs } = await groups.heartbeat(heartbeat, request.maxWaitMs);
  return answered(assignment, heartbeatMs);
}

function answered(
  assignment: GroupAssignment | undefined,
  heartbeatMs: number,
): GroupHeartbeatResponse {
  return { heartbeatMs, ...(assignment && { assignment: assignmentMessage(assignment) }) };
}
