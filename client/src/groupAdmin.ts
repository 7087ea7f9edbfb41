/**
 * Groups from outside: who is in them, how far they are, where they go on. As admin.ts, every call takes a deadline in
 * milliseconds and throws MillraceError.
 */
import type { DeclareGroupRequest } from '@millrace/proto/generated/millrace/v1/DeclareGroupRequest';
import type { DeclareGroupResponse__Output } from '@millrace/proto/generated/millrace/v1/DeclareGroupResponse';
import type { DeleteGroupRequest } from '@millrace/proto/generated/millrace/v1/DeleteGroupRequest';
import type { DeleteGroupResponse__Output } from '@millrace/proto/generated/millrace/v1/DeleteGroupResponse';
import type { DescribeGroupLagRequest } from '@millrace/proto/generated/millrace/v1/DescribeGroupLagRequest';
import type { DescribeGroupLagResponse__Output } from '@millrace/proto/generated/millrace/v1/DescribeGroupLagResponse';
import type { DescribeGroupRequest } from '@millrace/proto/generated/millrace/v1/DescribeGroupRequest';
import type { DescribeGroupResponse__Output } from '@millrace/proto/generated/millrace/v1/DescribeGroupResponse';
import type { FetchOffsetsRequest } from '@millrace/proto/generated/millrace/v1/FetchOffsetsRequest';
import type { FetchOffsetsResponse__Output } from '@millrace/proto/generated/millrace/v1/FetchOffsetsResponse';
import type { GroupSpec } from '@millrace/proto/generated/millrace/v1/GroupSpec';
import type { ListGroupsRequest } from '@millrace/proto/generated/millrace/v1/ListGroupsRequest';
import type { ListGroupsResponse__Output } from '@millrace/proto/generated/millrace/v1/ListGroupsResponse';
import type { ResetOffsetsRequest } from '@millrace/proto/generated/millrace/v1/ResetOffsetsRequest';
import type { ResetOffsetsResponse__Output } from '@millrace/proto/generated/millrace/v1/ResetOffsetsResponse';
import type { CallOptions } from './admin.ts';
import {
  type CommittedOffset,
  committedOffset,
  type GroupDescription,
  type GroupLag,
  type GroupOffset,
  type GroupSummary,
  groupDescription,
  groupLag,
  groupOffset,
  groupSummary,
  type TopicIdPartition,
} from './groupDescription.ts';
import { unaryMethod } from './serviceMethods.ts';
import type { UnaryChannel } from './unaryChannel.ts';

// A reset that is sent again would make itself its own undo.
const METHODS = {
  list: unaryMethod<ListGroupsRequest, ListGroupsResponse__Output>('Admin', 'ListGroups', 'read'),
  describe: unaryMethod<DescribeGroupRequest, DescribeGroupResponse__Output>(
    'Admin',
    'DescribeGroup',
    'read',
  ),
  lag: unaryMethod<DescribeGroupLagRequest, DescribeGroupLagResponse__Output>(
    'Admin',
    'DescribeGroupLag',
    'read',
  ),
  declare: unaryMethod<DeclareGroupRequest, DeclareGroupResponse__Output>(
    'Admin',
    'DeclareGroup',
    'read',
  ),
  delete: unaryMethod<DeleteGroupRequest, DeleteGroupResponse__Output>(
    'Admin',
    'DeleteGroup',
    'write',
  ),
  reset: unaryMethod<ResetOffsetsRequest, ResetOffsetsResponse__Output>(
    'Admin',
    'ResetOffsets',
    'write',
  ),
  dryReset: unaryMethod<ResetOffsetsRequest, ResetOffsetsResponse__Output>(
    'Admin',
    'ResetOffsets',
    'read',
  ),
  fetchOffsets: unaryMethod<FetchOffsetsRequest, FetchOffsetsResponse__Output>(
    'Consumer',
    'FetchOffsets',
    'read',
  ),
};

export interface LagOptions extends CallOptions {
  /** Default: all. */
  readonly groups?: readonly string[] | undefined;
  /** Without partitions. */
  readonly summary?: boolean | undefined;
  /** Partitions a reply at most, or groups with `summary`, 1 to 10,000. */
  readonly pageSize?: number | undefined;
}

export interface OffsetReset extends TopicIdPartition {
  /** Undefined takes the commit away. */
  readonly offset: number | undefined;
}

export interface ResetOptions extends CallOptions {
  /** Only tell what it would do, and what it would be refused for. */
  readonly dryRun?: boolean | undefined;
}

export interface ResetOffset extends TopicIdPartition {
  readonly before: CommittedOffset | undefined;
  readonly after: CommittedOffset | undefined;
}

export interface GroupDeclaration extends CallOptions {
  /** Of the resource that declares. */
  readonly uid: string;
  /** One that is not newer changes nothing. */
  readonly generation: number;
  /** Undefined withdraws what the resource declared. */
  readonly spec: GroupSpec | undefined;
}

export class GroupAdmin {
  readonly #channel: UnaryChannel;

  constructor(channel: UnaryChannel) {
    this.#channel = channel;
  }

  /** By name. */
  async listGroups(options: CallOptions = {}): Promise<GroupSummary[]> {
    const { groups } = await this.#channel.call(METHODS.list, {}, options.deadlineMs);
    return groups.map(groupSummary);
  }

  async describeGroup(group: string, options: CallOptions = {}): Promise<GroupDescription> {
    const reply = await this.#channel.call(METHODS.describe, { group }, options.deadlineMs);
    return groupDescription(reply);
  }

  /** By name. A group whose partitions do not fit into a page goes on in the next one. */
  async *lagPages(options: LagOptions = {}): AsyncGenerator<readonly GroupLag[], void> {
    const { groups = [], summary = false, pageSize = 0, deadlineMs } = options;
    let pageToken = '';
    do {
      const request = { groups: [...groups], summary, pageSize, pageToken };
      const reply = await this.#channel.call(METHODS.lag, request, deadlineMs);
      yield reply.groups.map(groupLag);
      pageToken = reply.nextPageToken;
    } while (pageToken !== '');
  }

  /** Every group whole; one that could not be asked carries its error. */
  async describeLag(options: LagOptions = {}): Promise<GroupLag[]> {
    const groups: GroupLag[] = [];
    for await (const page of this.lagPages(options)) {
      for (const lag of page) {
        const last = groups.at(-1);
        if (last?.group !== lag.group) groups.push(lag);
        else {
          const partitionLags = [...last.partitionLags, ...lag.partitionLags];
          groups[groups.length - 1] = { ...last, partitionLags };
        }
      }
    }
    return groups;
  }

  /** Of all that are committed, unless partitions are named. */
  async fetchOffsets(
    group: string,
    options: CallOptions & { readonly partitions?: readonly TopicIdPartition[] | undefined } = {},
  ): Promise<GroupOffset[]> {
    const partitions = (options.partitions ?? []).map(({ topicId, partition }) => ({
      topicId,
      partitions: [partition],
    }));
    const request = { group, partitions };
    const { offsets } = await this.#channel.call(METHODS.fetchOffsets, request, options.deadlineMs);
    return offsets.map(groupOffset);
  }

  /** A group with members is refused with GROUP_NOT_EMPTY, also by a dry run. */
  async resetOffsets(
    group: string,
    offsets: readonly OffsetReset[],
    { dryRun = false, deadlineMs }: ResetOptions = {},
  ): Promise<ResetOffset[]> {
    const wanted = offsets.map(({ topicId, partition, offset }) =>
      offset === undefined ? { topicId, partition } : { topicId, partition, offset },
    );
    return this.#reset({ group, offsets: wanted, dryRun }, deadlineMs);
  }

  /** Puts back what the last reset overwrote, once. */
  async undoReset(
    group: string,
    { dryRun = false, deadlineMs }: ResetOptions = {},
  ): Promise<ResetOffset[]> {
    return this.#reset({ group, undo: true, dryRun }, deadlineMs);
  }

  async declareGroup(group: string, declaration: GroupDeclaration): Promise<void> {
    const { uid, generation, spec, deadlineMs } = declaration;
    const request = { group, uid, generation, ...(spec && { spec }) };
    await this.#channel.call(METHODS.declare, request, deadlineMs);
  }

  /** With its offsets. A group with members is refused. */
  async deleteGroup(group: string, options: CallOptions = {}): Promise<void> {
    await this.#channel.call(METHODS.delete, { group }, options.deadlineMs);
  }

  async #reset(
    request: ResetOffsetsRequest,
    deadlineMs: number | undefined,
  ): Promise<ResetOffset[]> {
    const method = request.dryRun === true ? METHODS.dryReset : METHODS.reset;
    const { offsets } = await this.#channel.call(method, request, deadlineMs);
    return offsets.map(({ topicId, partition, before, after }) => ({
      topicId,
      partition,
      before: committedOffset(before),
      after: committedOffset(after),
    }));
  }
}
