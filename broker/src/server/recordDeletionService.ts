/** DeleteRecords of millrace.v1.Admin, by the leader of the partition. */
import { toMillraceError } from '@millrace/core/errors';
import type { DeleteRecordsRequest__Output } from '@millrace/proto/generated/millrace/v1/DeleteRecordsRequest';
import type { DeleteRecordsResponse } from '@millrace/proto/generated/millrace/v1/DeleteRecordsResponse';
import type { ServerContext } from './context.ts';
import { askLeader, leaderElsewhere, remainingMs } from './onLeader.ts';
import { toPartition } from './requests.ts';

const DELETE_RECORDS = '/millrace.v1.Admin/DeleteRecords';

export function deleteRecords(context: ServerContext) {
  const here = async (request: DeleteRecordsRequest__Output): Promise<DeleteRecordsResponse> => {
    const { recordDeletion } = context.engine;
    const partition = toPartition(request.partition);
    const deleted = await recordDeletion.deleteRecords(request, partition, request.offset);
    return { topicId: deleted.topic.topicId, logStart: deleted.logStart };
  };
  context.leaderMethods.add(DELETE_RECORDS, here);
  return context.unary<DeleteRecordsRequest__Output, DeleteRecordsResponse>(
    'DeleteRecords',
    async (request, call) => {
      const topic = context.engine.topics.resolve(request);
      const partition = toPartition(request.partition);
      const leader = leaderElsewhere(context.engine, topic, partition);
      if (leader === undefined) return await here(request);
      const named = { ...request, topicId: topic.topicId, topicName: undefined };
      try {
        const deadlineMs = remainingMs(context, call);
        return await askLeader(context, leader, DELETE_RECORDS, named, deadlineMs);
      } catch (error) {
        throw context.engine.forwarding.leaders.hinted(toMillraceError(error), topic, partition);
      }
    },
  );
}
