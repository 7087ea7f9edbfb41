/** DeleteRecords of millrace.v1.Admin, by the leader of the partition. */
import type { DeleteRecordsRequest__Output } from '@millrace/proto/generated/millrace/v1/DeleteRecordsRequest';
import type { DeleteRecordsResponse } from '@millrace/proto/generated/millrace/v1/DeleteRecordsResponse';
import type { ServerContext } from './context.ts';
import { fromLeader } from './onLeader.ts';
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
    (request, call) => fromLeader(context, DELETE_RECORDS, here, request, call),
  );
}
