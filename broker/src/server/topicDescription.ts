/** A topic as Admin describes it: what this broker has heard of it, with positions from the leaders of its partitions. */
import type { BrokerId } from '@millrace/core/ids';
import { brokerOf, type PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import { topicConfigValues } from '@millrace/core/topicConfig';
import type { DescribeTopicRequest__Output } from '@millrace/proto/generated/millrace/v1/DescribeTopicRequest';
import type {
  DescribeTopicResponse,
  DescribeTopicResponse__Output,
} from '@millrace/proto/generated/millrace/v1/DescribeTopicResponse';
import type { PartitionDescription } from '@millrace/proto/generated/millrace/v1/PartitionDescription';
import type { TopicDescription } from '@millrace/proto/generated/millrace/v1/TopicDescription';
import type { TopicShape } from '../engine/topicShape.ts';
import type { Topic } from '../engine/topics.ts';
import type { Partition } from '../replication/partition.ts';
import type { ServerContext } from './context.ts';
import { errorMessage } from './errorMessage.ts';
import { askLeader, byLeader, remainingMs } from './onLeader.ts';

const DESCRIBE_TOPIC = '/millrace.v1.Admin/DescribeTopic';
/** One that is silent must not hold up the rest. */
const LEADER_MS_MAX = 500;

export function describeTopic(context: ServerContext) {
  const here = async (request: DescribeTopicRequest__Output) => {
    const topic = context.engine.topics.resolve(request);
    return { topic: describe(context, { ...topic, partitionCount: topic.partitions.length }) };
  };
  context.leaderMethods.add(DESCRIBE_TOPIC, here);
  return context.unary<DescribeTopicRequest__Output, DescribeTopicResponse>(
    'DescribeTopic',
    async (request, call) => {
      if (request.withoutPositions) return here(request);
      const topic = context.engine.topics.resolve(request);
      const { elsewhere } = byLeader(context, topic, topic.statuses.keys());
      const deadlineMs = Math.min(LEADER_MS_MAX, remainingMs(context, call));
      const told = await Promise.all(
        [...elsewhere.keys()].map((leader) => toldBy(context, topic, leader, deadlineMs)),
      );
      const described = (await here(request)).topic;
      const leaders = new Map(told.flat().map((row) => [row.partition, row]));
      const partitionDetails = (described.partitionDetails ?? []).map((row) =>
        withPositions(row, leaders.get(row.partition)),
      );
      return { topic: { ...described, partitionDetails } };
    },
  );
}

/** The partitions that it leads; none if it does not answer. */
async function toldBy(
  context: ServerContext,
  { topicId }: Topic,
  leader: BrokerId,
  deadlineMs: number,
): Promise<PartitionDescription[]> {
  if (context.engine.forwarding.leaders.broker(leader) === undefined) return [];
  try {
    const { topic } = await askLeader<DescribeTopicResponse__Output>(
      context,
      leader,
      DESCRIBE_TOPIC,
      { topicId },
      deadlineMs,
    );
    const led = (topic?.partitionDetails ?? []).filter((row) => row.leader === leader);
    return led.map(({ error, ...row }) => (error === null ? row : { ...row, error }));
  } catch {
    // The positions of this broker's copy stand in for those of the leader.
    return [];
  }
}

function withPositions(
  known: PartitionDescription,
  leaders: PartitionDescription | undefined,
): PartitionDescription {
  if (leaders === undefined) return known;
  const { logStart, highWatermark, logEnd, sizeBytes, error } = leaders;
  const positions = { logStart, highWatermark, logEnd, sizeBytes };
  return {
    ...known,
    ...positions,
    ...(error === undefined ? {} : { error }),
  } as PartitionDescription;
}

export function describe(context: ServerContext, shape: TopicShape): TopicDescription {
  const { topicId, name, partitionCount, replicationFactor, internal, configSet } = shape;
  const live = context.engine.topics.byName(name);
  return {
    topicId,
    name,
    partitions: partitionCount,
    replicationFactor,
    internal,
    config: Object.entries(topicConfigValues(configSet, { replicationFactor })).map(
      ([key, value]) => ({
        key,
        value,
        source: key in configSet ? 'CONFIG_SOURCE_TOPIC' : 'CONFIG_SOURCE_DEFAULT',
      }),
    ),
    partitionDetails: (live?.topicId === topicId ? live.statuses : []).map((status) =>
      describePartition(status, live?.partitions[status.p]),
    ),
  };
}

/** Positions are those of this broker's copy; -1 where it holds none. */
function describePartition(
  status: PartitionStatus,
  partition: Partition | undefined,
): PartitionDescription {
  const { p, leader, leaderEpoch, replicas, adding, isr, eligible, minIsr, uncleanEpoch } = status;
  const offline = partition?.offline;
  // That another broker leads it is no failure.
  const failure = offline?.code === 'NOT_LEADER' ? undefined : offline;
  return {
    partition: p,
    leader: leader === null ? -1 : brokerOf(leader),
    leaderEpoch,
    replicas: [...replicas],
    adding: [...adding],
    isr: isr.map(brokerOf),
    eligible: eligible.map(brokerOf),
    minIsr,
    uncleanEpoch,
    logStart: partition?.log.logStartOffset ?? -1,
    highWatermark: partition?.highWatermark ?? -1,
    logEnd: partition?.log.logEndOffset ?? -1,
    sizeBytes: partition?.log.sizeBytes ?? -1,
    ...(failure === undefined ? {} : { error: errorMessage(failure) }),
  };
}
