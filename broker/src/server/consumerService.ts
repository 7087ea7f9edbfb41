/** Offsets and epochs of millrace.v1.Consumer, from the leaders of the partitions. */
import { toMillraceError } from '@millrace/core/errors';
import type { BrokerId } from '@millrace/core/ids';
import type { ListOffsetsRequest__Output } from '@millrace/proto/generated/millrace/v1/ListOffsetsRequest';
import type {
  ListOffsetsResponse,
  ListOffsetsResponse__Output,
} from '@millrace/proto/generated/millrace/v1/ListOffsetsResponse';
import type { OffsetForLeaderEpochRequest__Output } from '@millrace/proto/generated/millrace/v1/OffsetForLeaderEpochRequest';
import type { OffsetForLeaderEpochResponse } from '@millrace/proto/generated/millrace/v1/OffsetForLeaderEpochResponse';
import type { PartitionOffset } from '@millrace/proto/generated/millrace/v1/PartitionOffset';
import type { Topic } from '../engine/topics.ts';
import type { ServerContext } from './context.ts';
import { errorMessage } from './errorMessage.ts';
import { askLeader, byLeader, fromLeader, remainingMs } from './onLeader.ts';
import { toPartition, toStart } from './requests.ts';

const LIST_OFFSETS = '/millrace.v1.Consumer/ListOffsets';
const OFFSET_FOR_LEADER_EPOCH = '/millrace.v1.Consumer/OffsetForLeaderEpoch';

export function listOffsets(context: ServerContext) {
  const here = (request: ListOffsetsRequest__Output) => offsetsHere(context, request);
  context.leaderMethods.add(LIST_OFFSETS, here);
  return context.unary<ListOffsetsRequest__Output, ListOffsetsResponse>(
    'ListOffsets',
    async (request, call) => {
      const topic = context.engine.topics.resolve(request);
      const asked = request.partitions.map(toPartition);
      const wanted = asked.length > 0 ? asked : [...topic.statuses.keys()];
      const { here: own, elsewhere } = byLeader(context, topic, wanted);
      if (elsewhere.size === 0) return await here(request);
      const deadlineMs = remainingMs(context, call);
      const rows = await Promise.all([
        own.length === 0 ? [] : here({ ...request, partitions: [...own] }).then(rowsOf),
        ...[...elsewhere].map(([leader, partitions]) =>
          offsetsThere(
            context,
            topic,
            leader,
            { ...request, partitions: [...partitions] },
            deadlineMs,
          ),
        ),
      ]);
      const byPartition = new Map(rows.flat().map((row) => [row.partition, row]));
      const offsets = wanted.flatMap((partition) => byPartition.get(partition) ?? []);
      return { topicId: topic.topicId, offsets };
    },
  );
}

export function offsetForLeaderEpoch(context: ServerContext) {
  const here = async (request: OffsetForLeaderEpochRequest__Output) =>
    context.engine.fetching.endOfEpoch(
      request,
      toPartition(request.partition),
      request.leaderEpoch,
    );
  context.leaderMethods.add(OFFSET_FOR_LEADER_EPOCH, here);
  return context.unary<OffsetForLeaderEpochRequest__Output, OffsetForLeaderEpochResponse>(
    'OffsetForLeaderEpoch',
    (request, call) => fromLeader(context, OFFSET_FOR_LEADER_EPOCH, here, request, call),
  );
}

async function offsetsHere(
  context: ServerContext,
  request: ListOffsetsRequest__Output,
): Promise<ListOffsetsResponse> {
  const partitions = request.partitions.map(toPartition);
  const at = toStart(request);
  const { topic, offsets } = await context.engine.fetching.listOffsets(request, partitions, at);
  return {
    topicId: topic.topicId,
    offsets: offsets.map(({ partition, offset, timestampMs, leaderEpoch, error }) => ({
      partition,
      offset,
      leaderEpoch,
      ...(timestampMs === undefined ? {} : { timestampMs }),
      ...(error === undefined ? {} : { error: errorMessage(context.hinted(error, 'client')) }),
    })),
  };
}

/** A leader that does not answer is the error of its partitions. */
async function offsetsThere(
  context: ServerContext,
  topic: Topic,
  leader: BrokerId,
  request: ListOffsetsRequest__Output,
  deadlineMs: number,
): Promise<PartitionOffset[]> {
  const { topicId } = topic;
  try {
    const named = { ...request, topicId, topicName: undefined };
    const reply = await askLeader<ListOffsetsResponse__Output>(
      context,
      leader,
      LIST_OFFSETS,
      named,
      deadlineMs,
    );
    return reply.offsets.map(({ timestampMs, error, ...row }) => ({
      ...row,
      ...(timestampMs === undefined ? {} : { timestampMs }),
      ...(error === null ? {} : { error }),
    }));
  } catch (thrown) {
    const error = toMillraceError(thrown);
    return request.partitions.map((partition) => ({
      partition,
      offset: -1,
      leaderEpoch: -1,
      error: errorMessage(
        context.hinted(context.engine.forwarding.leaders.hinted(error, topic, partition), 'client'),
      ),
    }));
  }
}

function rowsOf({ offsets }: ListOffsetsResponse): PartitionOffset[] {
  return offsets ?? [];
}
