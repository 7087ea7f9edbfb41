/**
 * Topics, offsets and brokers by unary calls. Every call takes a deadline in milliseconds (default that of the client),
 * throws MillraceError, and is repeated within it only where that cannot do the thing twice.
 */
import type { AlterTopicRequest } from '@millrace/proto/generated/millrace/v1/AlterTopicRequest';
import type { AlterTopicResponse__Output } from '@millrace/proto/generated/millrace/v1/AlterTopicResponse';
import type { CreateTopicRequest } from '@millrace/proto/generated/millrace/v1/CreateTopicRequest';
import type { CreateTopicResponse__Output } from '@millrace/proto/generated/millrace/v1/CreateTopicResponse';
import type { DeleteRecordsRequest } from '@millrace/proto/generated/millrace/v1/DeleteRecordsRequest';
import type { DeleteRecordsResponse__Output } from '@millrace/proto/generated/millrace/v1/DeleteRecordsResponse';
import type { DeleteTopicRequest } from '@millrace/proto/generated/millrace/v1/DeleteTopicRequest';
import type { DeleteTopicResponse__Output } from '@millrace/proto/generated/millrace/v1/DeleteTopicResponse';
import type { DescribeBrokersRequest } from '@millrace/proto/generated/millrace/v1/DescribeBrokersRequest';
import type { DescribeBrokersResponse__Output } from '@millrace/proto/generated/millrace/v1/DescribeBrokersResponse';
import type { DescribeTopicRequest } from '@millrace/proto/generated/millrace/v1/DescribeTopicRequest';
import type { DescribeTopicResponse__Output } from '@millrace/proto/generated/millrace/v1/DescribeTopicResponse';
import type { ListOffsetsRequest } from '@millrace/proto/generated/millrace/v1/ListOffsetsRequest';
import type { ListOffsetsResponse__Output } from '@millrace/proto/generated/millrace/v1/ListOffsetsResponse';
import type { ListTopicsRequest } from '@millrace/proto/generated/millrace/v1/ListTopicsRequest';
import type { ListTopicsResponse__Output } from '@millrace/proto/generated/millrace/v1/ListTopicsResponse';
import { millraceError } from '@millrace/core/errors';
import type { TopicDescription__Output } from '@millrace/proto/generated/millrace/v1/TopicDescription';
import {
  type BrokerDescription,
  brokerDescription,
  type ClusterDescription,
  clusterDescription,
} from './clusterDescription.ts';
import { unaryMethod } from './serviceMethods.ts';
import { type TopicDescription, type TopicSummary, topicDescription } from './topicDescription.ts';
import {
  listOffsetsRequest,
  type OffsetQuery,
  type PartitionOffset,
  partitionOffset,
  type TopicReference,
} from './topicOffsets.ts';
import { describeCluster, type UnaryChannel } from './unaryChannel.ts';

const METHODS = {
  createTopic: unaryMethod<CreateTopicRequest, CreateTopicResponse__Output>(
    'Admin',
    'CreateTopic',
    'write',
  ),
  deleteTopic: unaryMethod<DeleteTopicRequest, DeleteTopicResponse__Output>(
    'Admin',
    'DeleteTopic',
    'write',
  ),
  deleteRecords: unaryMethod<DeleteRecordsRequest, DeleteRecordsResponse__Output>(
    'Admin',
    'DeleteRecords',
    'write',
  ),
  alterTopic: unaryMethod<AlterTopicRequest, AlterTopicResponse__Output>(
    'Admin',
    'AlterTopic',
    'write',
  ),
  describeTopic: unaryMethod<DescribeTopicRequest, DescribeTopicResponse__Output>(
    'Admin',
    'DescribeTopic',
    'read',
  ),
  listTopics: unaryMethod<ListTopicsRequest, ListTopicsResponse__Output>(
    'Admin',
    'ListTopics',
    'read',
  ),
  describeBrokers: unaryMethod<DescribeBrokersRequest, DescribeBrokersResponse__Output>(
    'Admin',
    'DescribeBrokers',
    'read',
  ),
  listOffsets: unaryMethod<ListOffsetsRequest, ListOffsetsResponse__Output>(
    'Consumer',
    'ListOffsets',
    'read',
  ),
};

export interface CallOptions {
  /** Milliseconds, retries included. */
  readonly deadlineMs?: number | undefined;
}

export interface DescribeTopicOptions extends CallOptions {
  /** False: no positions of the leaders, which a broker that hangs could hold up. */
  readonly positions?: false | undefined;
}

export interface NewTopic extends CallOptions {
  readonly name: string;
  /** Default: the broker's. */
  readonly partitions?: number | undefined;
  /** Default: the broker's. */
  readonly replicationFactor?: number | undefined;
  /** Keys of docs/CONFIGURATION.md; values may carry units ("7d", "256MiB"). */
  readonly config?: Readonly<Record<string, string>> | undefined;
  /** Check only. */
  readonly validateOnly?: boolean | undefined;
}

export interface TopicChange extends CallOptions {
  readonly topic: string;
  /** The new number of partitions; it only grows. */
  readonly partitions?: number | undefined;
  readonly config?: Readonly<Record<string, string>> | undefined;
  /** Keys that go back to their defaults. */
  readonly configUnset?: readonly string[] | undefined;
  readonly validateOnly?: boolean | undefined;
}

export interface TopicListing extends CallOptions {
  readonly includeInternal?: boolean | undefined;
  /** Topics a reply at most, 1 to 10,000. */
  readonly pageSize?: number | undefined;
}

export class Admin {
  readonly #channel: UnaryChannel;

  constructor(channel: UnaryChannel) {
    this.#channel = channel;
  }

  /** A topic that is there with the same shape is a success, which `existed` tells. */
  async createTopic(
    topic: NewTopic,
  ): Promise<{ readonly topic: TopicDescription; readonly existed: boolean }> {
    const request = {
      name: topic.name,
      partitions: topic.partitions ?? 0,
      replicationFactor: topic.replicationFactor ?? 0,
      config: { ...topic.config },
      validateOnly: topic.validateOnly ?? false,
    };
    const reply = await this.#channel.call(METHODS.createTopic, request, topic.deadlineMs);
    return { topic: described(reply.topic), existed: reply.existed };
  }

  /** Returns the id of what was deleted. */
  async deleteTopic(topic: string, options: CallOptions = {}): Promise<string> {
    const request = { topicName: topic };
    const reply = await this.#channel.call(METHODS.deleteTopic, request, options.deadlineMs);
    return reply.topicId;
  }

  /**
   * The partition begins at `offset` from now on, or at the batch that holds it; what lies before is gone. `end`: at the
   * high watermark. Resolves with where it begins.
   */
  async deleteRecords(
    topic: TopicReference,
    partition: number,
    offset: number | 'end',
    options: CallOptions = {},
  ): Promise<number> {
    const reference = typeof topic === 'string' ? { topicName: topic } : { topicId: topic.topicId };
    const request = { ...reference, partition, offset: offset === 'end' ? -1 : offset };
    const reply = await this.#channel.call(METHODS.deleteRecords, request, options.deadlineMs);
    return reply.logStart;
  }

  async alterTopic(change: TopicChange): Promise<TopicDescription> {
    const request = {
      topicName: change.topic,
      partitions: change.partitions ?? 0,
      config: { ...change.config },
      configUnset: [...(change.configUnset ?? [])],
      validateOnly: change.validateOnly ?? false,
    };
    const reply = await this.#channel.call(METHODS.alterTopic, request, change.deadlineMs);
    return described(reply.topic);
  }

  async describeTopic(
    topic: TopicReference,
    options: DescribeTopicOptions = {},
  ): Promise<TopicDescription> {
    const reference = typeof topic === 'string' ? { topicName: topic } : { topicId: topic.topicId };
    const request = { ...reference, withoutPositions: options.positions === false };
    const reply = await this.#channel.call(METHODS.describeTopic, request, options.deadlineMs);
    return described(reply.topic);
  }

  /** One page after the other, so that a listing of any length takes bounded memory. */
  async *topicPages(options: TopicListing = {}): AsyncGenerator<readonly TopicSummary[], void> {
    let pageToken = '';
    do {
      const request = {
        includeInternal: options.includeInternal ?? false,
        pageSize: options.pageSize ?? 0,
        pageToken,
      };
      const reply = await this.#channel.call(METHODS.listTopics, request, options.deadlineMs);
      yield reply.topics;
      pageToken = reply.nextPageToken;
    } while (pageToken !== '');
  }

  async listTopics(options: TopicListing = {}): Promise<TopicSummary[]> {
    const topics: TopicSummary[] = [];
    for await (const page of this.topicPages(options)) topics.push(...page);
    return topics;
  }

  /** Of all partitions unless some are named; a partition that cannot answer carries its error. */
  async listOffsets(
    topic: TopicReference,
    at: OffsetQuery,
    options: CallOptions & { readonly partitions?: readonly number[] | undefined } = {},
  ): Promise<PartitionOffset[]> {
    const request = listOffsetsRequest(topic, at, options.partitions ?? []);
    const reply = await this.#channel.call(METHODS.listOffsets, request, options.deadlineMs);
    return reply.offsets.map(partitionOffset);
  }

  async describeBrokers(options: CallOptions = {}): Promise<BrokerDescription[]> {
    const reply = await this.#channel.call(METHODS.describeBrokers, {}, options.deadlineMs);
    return reply.brokers.map(brokerDescription);
  }

  async describeCluster(options: CallOptions = {}): Promise<ClusterDescription> {
    return clusterDescription(await this.#channel.call(describeCluster, {}, options.deadlineMs));
  }
}

function described(topic: TopicDescription__Output | null): TopicDescription {
  if (topic === null) throw millraceError('INTERNAL', 'the reply describes no topic');
  return topicDescription(topic);
}
