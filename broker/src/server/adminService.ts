/** millrace.v1.Admin and millrace.v1.Cluster on the client port. */
import { millraceError } from '@millrace/core/errors';
import { brokerOf } from '@millrace/core/resources/partitionAssignment';
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
import type { ListTopicsRequest__Output } from '@millrace/proto/generated/millrace/v1/ListTopicsRequest';
import type { ListTopicsResponse } from '@millrace/proto/generated/millrace/v1/ListTopicsResponse';
import type { TopicDescription } from '@millrace/proto/generated/millrace/v1/TopicDescription';
import type { Topic } from '../engine/topics.ts';
import type { ServerContext } from './context.ts';
import { naturalUpTo } from './requests.ts';
import { describe } from './topicDescription.ts';

const PAGE_SIZE_DEFAULT = 1000;
const PAGE_SIZE_MAX = 10_000;

export function createTopic(context: ServerContext) {
  return context.controllerMethods.handler<CreateTopicRequest__Output, CreateTopicResponse>(
    context,
    'Admin',
    'CreateTopic',
    async (request) => {
      const { topic, existed } = await context.engine.admin.create(request);
      return { topic: describe(context, topic), existed };
    },
    ({ topic }) => heardOf(context, topic),
  );
}

export function alterTopic(context: ServerContext) {
  return context.controllerMethods.handler<AlterTopicRequest__Output, AlterTopicResponse>(
    context,
    'Admin',
    'AlterTopic',
    async (request) => {
      const { partitions, config, configUnset, validateOnly } = request;
      const change = { reference: request, partitions, config, configUnset, validateOnly };
      return { topic: describe(context, await context.engine.admin.alter(change)) };
    },
    ({ topic }) => heardOf(context, topic),
  );
}

export function deleteTopic(context: ServerContext) {
  return context.controllerMethods.handler<DeleteTopicRequest__Output, DeleteTopicResponse>(
    context,
    'Admin',
    'DeleteTopic',
    async (request) => ({ topicId: await context.engine.admin.delete(request) }),
    async ({ topicId = '' }) => context.engine.admin.heardOfDeletion(topicId),
  );
}

/** What another broker described; of a request that only validates nothing will be heard. */
async function heardOf(
  { engine }: ServerContext,
  topic: TopicDescription | null | undefined,
): Promise<void> {
  const details = topic?.partitionDetails ?? [];
  const led = details.filter(({ leader = -1 }) => leader >= 0).length;
  if (led > 0) await engine.admin.heardOf(topic?.topicId ?? '', led);
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
      const counts = partitionCounts(engine.topics.all());
      return {
        brokers: [...engine.metadata.brokers()].map((broker) => {
          const { brokerId, bootId, rack, fenced, cordoned, draining, endpoints } = broker;
          const { partitions = 0, leaders = 0 } = counts.get(brokerId) ?? {};
          const known = brokerId === engine.brokerId ? ofThisBroker(context) : {};
          const described = { brokerId, bootId, rack, fenced, cordoned, draining };
          return { ...described, endpoints: [...endpoints], partitions, leaders, ...known };
        }),
      };
    },
  );
}

/** What no other broker knows. */
function ofThisBroker({ engine, version }: ServerContext) {
  let logBytes = 0;
  for (const log of engine.directory.all()) logBytes += log.sizeBytes;
  return { version, logBytes, freeBytes: engine.freeBytes, processId: process.pid };
}

function partitionCounts(
  topics: Iterable<Topic>,
): Map<number, { partitions: number; leaders: number }> {
  const counts = new Map<number, { partitions: number; leaders: number }>();
  const of = (brokerId: number) => {
    const count = counts.get(brokerId) ?? { partitions: 0, leaders: 0 };
    counts.set(brokerId, count);
    return count;
  };
  for (const { statuses } of topics) {
    for (const { replicas, leader } of statuses) {
      for (const brokerId of replicas) of(brokerId).partitions++;
      if (leader !== null) of(brokerOf(leader)).leaders++;
    }
  }
  return counts;
}

export function describeCluster(context: ServerContext) {
  return context.unary<DescribeRequest__Output, DescribeResponse>('Describe', async () => {
    const { engine, version } = context;
    const { metadata } = engine;
    if (metadata.controllerId === undefined) {
      throw millraceError('LOADING', 'the broker is starting');
    }
    return {
      clusterId: engine.clusterId,
      controllerId: engine.controller.holder?.brokerId ?? -1,
      featureLevel: metadata.featureLevel,
      brokers: [...metadata.brokers()]
        .filter(({ fenced }) => !fenced)
        .map(({ brokerId, rack, endpoints }) => ({ brokerId, rack, endpoints: [...endpoints] })),
      version,
    };
  });
}

function summary(topic: Topic) {
  const { topicId, name, replicationFactor, internal } = topic;
  return { topicId, name, partitions: topic.partitions.length, replicationFactor, internal };
}
