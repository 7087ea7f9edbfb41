/** Groups by unary calls of a stock client that knows one broker, whoever coordinates, also while a coordinator dies. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import type { ServiceError } from '@grpc/grpc-js';
import { partitionForKey } from '@millrace/core/murmur2';
import { decodeStatusDetails } from '@millrace/core/statusDetails';
import type { CommitOffsetsRequest } from '@millrace/proto/generated/millrace/v1/CommitOffsetsRequest';
import type { CommitOffsetsResponse__Output } from '@millrace/proto/generated/millrace/v1/CommitOffsetsResponse';
import type { DescribeGroupResponse__Output } from '@millrace/proto/generated/millrace/v1/DescribeGroupResponse';
import type { DescribeTopicResponse__Output } from '@millrace/proto/generated/millrace/v1/DescribeTopicResponse';
import type { FetchOffsetsResponse__Output } from '@millrace/proto/generated/millrace/v1/FetchOffsetsResponse';
import type { GroupAssignment__Output } from '@millrace/proto/generated/millrace/v1/GroupAssignment';
import type { GroupHeartbeatRequest } from '@millrace/proto/generated/millrace/v1/GroupHeartbeatRequest';
import type { GroupHeartbeatResponse__Output } from '@millrace/proto/generated/millrace/v1/GroupHeartbeatResponse';
import type { ListGroupsResponse__Output } from '@millrace/proto/generated/millrace/v1/ListGroupsResponse';
import type { OwnedPartitions } from '@millrace/proto/generated/millrace/v1/OwnedPartitions';
import type { ResetOffsetsResponse__Output } from '@millrace/proto/generated/millrace/v1/ResetOffsetsResponse';
import { type BrokerProcess, startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { type StockClient, stockClient, unary } from './stockClient.ts';
import { StreamMember } from './streamMember.ts';
import { until } from './until.ts';

interface World {
  readonly brokers: readonly BrokerProcess[];
  /** Of broker 0, and no other. */
  readonly client: StockClient;
}

async function brokers(t: TestContext, count: number): Promise<World> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  const started: BrokerProcess[] = [];
  t.after(async () => {
    await Promise.all(started.map((broker) => broker[Symbol.asyncDispose]()));
    await rm(dataDir, { recursive: true, force: true });
  });
  for (let id = 0; id < count; id++) {
    const env = { MILLRACE_BROKER_ID: String(id) };
    started.push(await startBrokerProcess({ dataDir, env }));
  }
  const [first] = started;
  assert.ok(first !== undefined);
  const client = stockClient(first.server);
  t.after(() => client.close());
  await until(async () => {
    const { brokers: known } = await unary(client.cluster.Describe.bind(client.cluster), {});
    return known?.length === count;
  }, 'broker 0 knows all');
  const topic = { name: 'orders', partitions: 4, replicationFactor: count };
  await unary(client.admin.CreateTopic.bind(client.admin), topic);
  return { brokers: started, client };
}

function codeOf(error: unknown): string {
  const [details] = (error as ServiceError).metadata?.get('grpc-status-details-bin') ?? [];
  const told = details instanceof Buffer ? decodeStatusDetails(details) : undefined;
  return told?.code ?? String(error);
}

/** Tried again while a coordinator is elected or loads. */
async function retried<T>(call: () => Promise<T>): Promise<T> {
  let answer: T | undefined;
  await until(async () => {
    try {
      answer = await call();
      return true;
    } catch (error) {
      if (/^(LOADING|NOT_COORDINATOR|UNAVAILABLE|NOT_ENOUGH)/.test(codeOf(error))) return false;
      if (/^(PARTITION_OFFLINE|NOT_LEADER)$/.test(codeOf(error))) return false;
      throw error;
    }
  }, 'a coordinator answers');
  assert.ok(answer !== undefined);
  return answer;
}

function heartbeat(client: StockClient, request: GroupHeartbeatRequest) {
  const { consumer } = client;
  return retried(() =>
    unary<GroupHeartbeatRequest, GroupHeartbeatResponse__Output>(
      consumer.GroupHeartbeat.bind(consumer),
      request,
    ),
  );
}

function commit(client: StockClient, request: CommitOffsetsRequest) {
  const { consumer } = client;
  return retried(() =>
    unary<CommitOffsetsRequest, CommitOffsetsResponse__Output>(
      consumer.CommitOffsets.bind(consumer),
      request,
    ),
  );
}

async function committed(client: StockClient, group: string): Promise<number[]> {
  const { consumer } = client;
  const { offsets } = await retried(() =>
    unary<{ group: string }, FetchOffsetsResponse__Output>(consumer.FetchOffsets.bind(consumer), {
      group,
    }),
  );
  return offsets.map((one) => Number(one.committed?.offset)).sort((a, b) => a - b);
}

/** As a member that does at once what it is told. */
function ownedOf({ assigned }: GroupAssignment__Output): OwnedPartitions {
  const partitions = assigned.map(({ topicId, partition }) => ({
    topicId,
    partitions: [partition],
  }));
  return { partitions };
}

test('a group is joined, shared, committed to, described, reset and deleted with one address', async (t) => {
  const { client } = await brokers(t, 1);
  const group = 'billing';
  const { admin } = client;
  const none = unary(admin.DescribeGroup.bind(admin), { group });
  await assert.rejects(none, (error) => codeOf(error) === 'UNKNOWN_GROUP');
  const join = { topics: ['orders'], assignor: 'range' };
  const first = await heartbeat(client, { group, memberId: 'a', join });
  assert.equal(first.assignment?.assigned.length, 4);
  assert.ok(first.heartbeatMs > 0);
  await heartbeat(client, { group, memberId: 'b', join });
  const told = await heartbeat(client, { group, memberId: 'a' });
  assert.ok(told.assignment !== null);
  const { memberEpoch, revision } = told.assignment;
  const owned = ownedOf(told.assignment);
  await heartbeat(client, { group, memberId: 'a', memberEpoch, revision, owned });
  const second = await heartbeat(client, { group, memberId: 'b' });
  assert.equal(second.assignment?.assigned.length, 2);
  const described = await unary<{ group: string }, DescribeGroupResponse__Output>(
    admin.DescribeGroup.bind(admin),
    { group },
  );
  assert.equal(described.condition, 'GROUP_CONDITION_STABLE');
  assert.equal(described.assignor, 'range');
  const [mine] = told.assignment.assigned;
  const [other] = second.assignment?.assigned ?? [];
  assert.ok(mine !== undefined && other !== undefined);
  const offsets = [mine, other].map(({ topicId, partition }) => ({
    topicId,
    partition,
    offset: 7,
  }));
  const { partitions } = await commit(client, { group, memberId: 'a', memberEpoch, offsets });
  assert.deepEqual(
    partitions.map(({ error }) => error?.code),
    [undefined, 'NOT_OWNER'],
  );
  assert.deepEqual(await committed(client, group), [7]);
  const resetRequest = { group, offsets: [{ ...offsets[0], offset: 3 }] };
  const refused = unary(admin.ResetOffsets.bind(admin), resetRequest);
  await assert.rejects(refused, (error) => codeOf(error) === 'GROUP_NOT_EMPTY');
  for (const memberId of ['a', 'b']) await heartbeat(client, { group, memberId, leave: true });
  const reset = await unary<typeof resetRequest, ResetOffsetsResponse__Output>(
    admin.ResetOffsets.bind(admin),
    resetRequest,
  );
  assert.deepEqual(
    reset.offsets.map(({ before, after }) => [Number(before?.offset), Number(after?.offset)]),
    [[7, 3]],
  );
  await unary(admin.ResetOffsets.bind(admin), { group, undo: true });
  assert.deepEqual(await committed(client, group), [7]);
  await unary(admin.DeleteGroup.bind(admin), { group });
  assert.deepEqual(await committed(client, group), []);
});

test('what is hostile gets a typed error', async (t) => {
  const { client } = await brokers(t, 1);
  const { consumer } = client;
  const refusal = async (request: GroupHeartbeatRequest): Promise<string> => {
    try {
      await unary(consumer.GroupHeartbeat.bind(consumer), request);
      return 'none';
    } catch (error) {
      return codeOf(error);
    }
  };
  const member = { group: 'g', memberId: 'm' };
  await heartbeat(client, { ...member, join: { topics: ['orders'] } });
  const cases: [GroupHeartbeatRequest, string][] = [
    [{ memberId: 'm', join: {} }, 'INVALID_REQUEST'],
    [{ group: 'g', join: {} }, 'INVALID_REQUEST'],
    [{ ...member, memberId: 'x'.repeat(300), join: {} }, 'INVALID_REQUEST'],
    [{ ...member, join: { assignor: 'best' } }, 'UNKNOWN_ASSIGNOR'],
    [{ ...member, join: { pattern: '(a+' } }, 'INVALID_REQUEST'],
    [{ ...member, join: { topics: ['../x'] } }, 'INVALID_TOPIC_NAME'],
    [{ ...member, memberEpoch: -1 }, 'INVALID_REQUEST'],
    [{ ...member, revision: -1 }, 'INVALID_REQUEST'],
    [{ ...member, revision: 99 }, 'FENCED_MEMBER_EPOCH'],
    [{ ...member, memberId: 'nobody' }, 'UNKNOWN_MEMBER'],
    [
      { ...member, owned: { partitions: [{ topicId: 'none', partitions: [1] }] } },
      'INVALID_REQUEST',
    ],
  ];
  for (const [request, code] of cases) assert.equal(await refusal(request), code);
  const topic = await unary<{ topicName: string }, DescribeTopicResponse__Output>(
    client.admin.DescribeTopic.bind(client.admin),
    { topicName: 'orders' },
  );
  const topicId = topic.topic?.topicId ?? '';
  const offsets = [{ topicId, partition: 0, offset: 1, metadata: 'x'.repeat(5000) }];
  const { partitions } = await commit(client, { group: 'other', offsets });
  assert.equal(partitions[0]?.error?.code, 'METADATA_TOO_LARGE');
});

test('a killed coordinator takes no commit with it, and any broker passes on what the next one answers', async (t) => {
  const { brokers: all, client } = await brokers(t, 3);
  const { admin } = client;
  const offset = async (group: string, value: number): Promise<void> => {
    const { topic } = await unary<{ topicName: string }, DescribeTopicResponse__Output>(
      admin.DescribeTopic.bind(admin),
      { topicName: 'orders' },
    );
    const offsets = [{ topicId: topic?.topicId ?? '', partition: 0, offset: value }];
    const { partitions } = await commit(client, { group, offsets });
    assert.equal(partitions[0]?.error, null);
  };
  const groups = Array.from({ length: 8 }, (_, index) => `group-${index}`);
  for (const [index, group] of groups.entries()) await offset(group, index + 1);
  const listed = await retried(() =>
    unary<object, ListGroupsResponse__Output>(admin.ListGroups.bind(admin), {}),
  );
  assert.deepEqual(
    listed.groups.map(({ group }) => group),
    groups,
  );
  const { topic } = await unary<{ topicName: string }, DescribeTopicResponse__Output>(
    admin.DescribeTopic.bind(admin),
    { topicName: '__groups' },
  );
  const leaders = (topic?.partitionDetails ?? []).map(({ leader }) => leader);
  assert.equal(leaders.length, 16);
  const victim = leaders.find((leader) => leader !== 0) ?? -1;
  const elsewhere = groups.find((group) => leaders[partitionForKey(group, 16)] === victim);
  if (elsewhere !== undefined) {
    const join = { topics: ['orders'] };
    const { coordinator } = await heartbeat(client, { group: elsewhere, memberId: 'm', join });
    assert.equal(`${coordinator?.host}:${coordinator?.port}`, all[victim]?.server);
    await heartbeat(client, { group: elsewhere, memberId: 'm', leave: true });
  }
  const moved = groups.filter((group) => leaders[partitionForKey(group, 16)] === victim);
  await all[victim]?.kill();
  for (const [index, group] of groups.entries()) {
    assert.deepEqual(await committed(client, group), [index + 1], group);
    await offset(group, index + 2);
  }
  t.diagnostic(`${moved.length} of ${groups.length} groups moved from broker ${victim}`);
});

test('members on streams of any broker share a group, and take over from one that leaves or vanishes', async (t) => {
  const { client, brokers: all } = await brokers(t, 2);
  const second = stockClient(all[1]?.server ?? '');
  t.after(() => second.close());
  // Coordinated by one broker each, most likely; members are on both.
  for (const group of ['group-a', 'group-b', 'group-c']) {
    const sessionMs = 2000;
    const members = [client, second, client].map(
      (from, index) => new StreamMember(from, group, `m${index}`, sessionMs),
    );
    const [one, two, three] = members as [StreamMember, StreamMember, StreamMember];
    const shares = (): number[] => members.map(({ owned }) => owned.length).sort((a, b) => a - b);
    const owned = (of: readonly StreamMember[]): number[] =>
      of.flatMap((member) => member.owned).sort((a, b) => a - b);
    await until(() => shares().join() === '1,1,2', `${group} is shared`);
    assert.deepEqual(owned(members), [0, 1, 2, 3]);
    two.commit(5);
    await until(() => two.committed.length === 1, 'the commit is answered');
    const leftMs = performance.now();
    one.leave();
    await until(() => owned([two, three]).join() === '0,1,2,3', `${group} goes on without one`);
    t.diagnostic(`${group}: a leave took ${Math.round(performance.now() - leftMs)} ms`);
    const vanishedMs = performance.now();
    three.vanish();
    await until(() => two.owned.length === 4, `${group} has one member`);
    const tookMs = Math.round(performance.now() - vanishedMs);
    t.diagnostic(`${group}: a member that vanished was replaced after ${tookMs} ms`);
    assert.deepEqual([...one.errors, ...two.errors, ...three.errors], []);
    two.leave();
  }
});
