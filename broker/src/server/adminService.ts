/** millrace.v1.Admin and millrace.v1.Cluster on the client port. */
import { millraceError } from '@millrace/core/errors';
import { FEATURE_LEVEL } from '@millrace/core/resources/clusterState';
import { topicConfigValues } from '@millrace/core/topicConfig';
import type { AlterTopicRequest__Output } from '@millrace/proto/generated/millrace/v1/AlterTopicRequest';
import type { AlterTopicResponse } from '@millrace/proto/generated/millrace/v1/AlterTopicResponse';
import type { CreateTopicRequest__Output } from '@millrace/proto/generated/millrace/v1/CreateTopicRequest';
import type { CreateTopicResponse } from '@millrace/proto/generated/millrace/v1/CreateTopicResponse';
import type { DeleteTopicRequest__Output } from '@millrace/proto/generated/millrace/v1/DeleteTopicRequest';
import type { DeleteTopicResponse } from '@millrace/proto/generated/millrace/v1/DeleteTopicResponse';
import type { DescribeBrokersRequest__Output } from '@millrace/proto/generated/millrace/v1/DescribeBrokersRequest';
import type { DescribeBrokersResponse } from '@millrace/proto/generated/millrace/v1/DescribeBrokersResponse';
import type { DescribeRequest__Output } from '@millrace/proto/generated/millrace/v1/DescribeRequest';
import type { DescribeResponse } from '@millrace/proto/generated/millrace/v1/DescribeResponse';
import type { DescribeTopicRequest__Output } from '@millrace/proto/generated/millrace/v1/DescribeTopicRequest';
import type { DescribeTopicResponse } from '@millrace/proto/generated/millrace/v1/DescribeTopicResponse';
import type { ListTopicsRequest__Output } from '@millrace/proto/generated/millrace/v1/ListTopicsRequest';
import type { ListTopicsResponse } from '@millrace/proto/generated/millrace/v1/ListTopicsResponse';
import type { PartitionDescription } from '@millrace/proto/generated/millrace/v1/PartitionDescription';
import type { TopicDescription } from '@millrace/proto/generated/millrace/v1/TopicDescription';
import type { TopicShape } from '../engine/topicShape.ts';
import type { Topic } from '../engine/topics.ts';
import type { Partition } from '../replication/partition.ts';
import type { ServerContext } from './context.ts';
import { errorMessage } from './errorMessage.ts';
import { naturalUpTo } from './requests.ts';

const PAGE_SIZE_DEFAULT = 1000;
const PAGE_SIZE_MAX = 10_000;

export function createTopic(context: ServerContext) {
  return context.unary<CreateTopicRequest__Output, CreateTopicResponse>(
    'CreateTopic',
    async (request) => {
      const { topic, existed } = await context.engine.lifecycle.create(request);
      return { topic: describe(context, topic), existed };
    },
  );
}

export function alterTopic(context: ServerContext) {
  return context.unary<AlterTopicRequest__Output, AlterTopicResponse>(
    'AlterTopic',
    async (request) => {
      const { partitions, config, configUnset, validateOnly } = request;
      const change = { reference: request, partitions, config, configUnset, validateOnly };
      return { topic: describe(context, await context.engine.lifecycle.alter(change)) };
    },
  );
}

export function deleteTopic(context: ServerContext) {
  return context.unary<DeleteTopicRequest__Output, DeleteTopicResponse>(
    'DeleteTopic',
    async (request) => ({ topicId: await context.engine.lifecycle.delete(request) }),
  );
}

export function describeTopic(context: ServerContext) {
  return context.unary<DescribeTopicRequest__Output, DescribeTopicResponse>(
    'DescribeTopic',
    async (request) => {
      const topic = context.engine.topics.resolve(request);
      return { topic: describe(context, { ...topic, partitionCount: topic.partitions.length }) };
    },
  );
}

export function listTopics(context: ServerContext) {
  return context.unary<ListTopicsRequest__Output, ListTopicsResponse>(
    'ListTopics',
    async (request) => {
      const asked = naturalUpTo('page_size', request.pageSize, 0x7fff_ffff);
      const size = asked === 0 ? PAGE_SIZE_DEFAULT : Math.min(asked, PAGE_SIZE_MAX);
      const topics = [...context.engine.topics.all()]
        .filter((topic) => request.includeInternal || !topic.internal)
        .filter((topic) => topic.name > request.pageToken)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const page = topics.slice(0, size);
      const nextPageToken = topics.length > size ? (page.at(-1)?.name ?? '') : '';
      return { topics: page.map(summary), nextPageToken };
    },
  );
}

export function describeBrokers(context: ServerContext) {
  return context.unary<DescribeBrokersRequest__Output, DescribeBrokersResponse>(
    'DescribeBrokers',
    async () => {
      const { engine } = context;
      const partitions = [...engine.topics.all()].flatMap((topic) => topic.partitions);
      return {
        brokers: [
          {
            brokerId: engine.brokerId,
            bootId: engine.bootId,
            rack: context.rack,
            fenced: false,
            endpoints: [...context.endpoints],
            version: context.version,
            partitions: partitions.length,
            leaders: partitions.filter(({ offline }) => offline === undefined).length,
            logBytes: partitions.reduce((sum, { log }) => sum + log.sizeBytes, 0),
            freeBytes: engine.freeBytes,
          },
        ],
      };
    },
  );
}

export function describeCluster(context: ServerContext) {
  return context.unary<DescribeRequest__Output, DescribeResponse>('Describe', async () => {
    const { engine, rack, endpoints, version } = context;
    if (endpoints.length === 0) throw millraceError('UNAVAILABLE', 'the broker is starting');
    return {
      clusterId: engine.clusterId,
      controllerId: engine.brokerId,
      featureLevel: FEATURE_LEVEL,
      brokers: [{ brokerId: engine.brokerId, rack, endpoints: [...endpoints] }],
      version,
    };
  });
}

function summary(topic: Topic) {
  const { topicId, name, replicationFactor, internal } = topic;
  return { topicId, name, partitions: topic.partitions.length, replicationFactor, internal };
}

function describe(context: ServerContext, shape: TopicShape): TopicDescription {
  const { topicId, name, partitionCount, replicationFactor, internal, configSet } = shape;
  const live = context.engine.topics.byName(name);
  return {
    topicId,
    name,
    partitions: partitionCount,
    replicationFactor,
    internal,
    config: Object.entries(topicConfigValues(configSet)).map(([key, value]) => ({
      key,
      value,
      source: key in configSet ? 'CONFIG_SOURCE_TOPIC' : 'CONFIG_SOURCE_DEFAULT',
    })),
    partitionDetails: (live?.topicId === topicId ? live.partitions : []).map((partition) =>
      describePartition(context, partition),
    ),
  };
}

function describePartition(context: ServerContext, partition: Partition): PartitionDescription {
  const { log, offline, leaderEpoch, highWatermark } = partition;
  const { brokerId } = context.engine;
  return {
    partition: partition.identity.partition,
    leader: offline === undefined ? brokerId : -1,
    leaderEpoch,
    replicas: [brokerId],
    isr: offline === undefined ? [brokerId] : [],
    logStart: log.logStartOffset,
    highWatermark,
    logEnd: log.logEndOffset,
    sizeBytes: log.sizeBytes,
    ...(offline === undefined ? {} : { error: errorMessage(offline) }),
  };
}
