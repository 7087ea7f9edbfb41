/** A stock client that knows one broker can do everything, whoever leads, also while another broker dies. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { isErrorCode } from '@millrace/core/errors';
import { decodeStatusDetails } from '@millrace/core/statusDetails';
import type { DescribeTopicResponse__Output } from '@millrace/proto/generated/millrace/v1/DescribeTopicResponse';
import type { FetchOnceResponse__Output } from '@millrace/proto/generated/millrace/v1/FetchOnceResponse';
import type { FetchRequest } from '@millrace/proto/generated/millrace/v1/FetchRequest';
import type { FetchResponse__Output } from '@millrace/proto/generated/millrace/v1/FetchResponse';
import type { ListOffsetsResponse__Output } from '@millrace/proto/generated/millrace/v1/ListOffsetsResponse';
import type { ProduceResponse__Output } from '@millrace/proto/generated/millrace/v1/ProduceResponse';
import type { ProduceStreamResponse__Output } from '@millrace/proto/generated/millrace/v1/ProduceStreamResponse';
import type { WatchMetadataResponse__Output } from '@millrace/proto/generated/millrace/v1/WatchMetadataResponse';
import { type BrokerProcess, startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { type StockClient, stockClient, unary } from './stockClient.ts';
import { until } from './until.ts';

const PARTITIONS = [0, 1, 2];

interface World {
  readonly brokers: readonly BrokerProcess[];
  /** Of broker 0, and no other. */
  readonly client: StockClient;
  /** Index = partition. */
  leaders: () => Promise<readonly number[]>;
}

/** Three brokers, and a topic `t` with three partitions on all of them, led by one broker each. */
async function threeBrokers(t: TestContext): Promise<World> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  const brokers: BrokerProcess[] = [];
  t.after(async () => {
    await Promise.all(brokers.map((broker) => broker[Symbol.asyncDispose]()));
    await rm(dataDir, { recursive: true, force: true });
  });
  // One makes the cluster, the others join it.
  for (const id of [0, 1, 2]) {
    const env = { MILLRACE_BROKER_ID: String(id), MILLRACE_RACK: `rack-${id}` };
    brokers.push(await startBrokerProcess({ dataDir, env }));
  }
  const [first] = brokers;
  assert.ok(first !== undefined);
  const client = stockClient(first.server);
  t.after(() => client.close());
  const { admin } = client;
  const leaders = async (): Promise<number[]> => {
    const request = { topicName: 't' };
    const { topic } = await unary<typeof request, DescribeTopicResponse__Output>(
      admin.DescribeTopic.bind(admin),
      request,
    );
    return (topic?.partitionDetails ?? []).map(({ leader }) => leader);
  };
  await until(async () => {
    const request = {};
    const { brokers: known } = await unary(client.cluster.Describe.bind(client.cluster), request);
    return known?.length === 3;
  }, 'broker 0 knows all');
  await unary(admin.CreateTopic.bind(admin), { name: 't', partitions: 3, replicationFactor: 3 });
  assert.deepEqual(new Set(await leaders()), new Set([0, 1, 2]));
  return { brokers, client, leaders };
}

const record = (value: string) => ({ value: Buffer.from(value) });

/** By partition, in the order of their arrival. */
type Read = Map<number, { offset: number; value: string }[]>;

class Reader {
  readonly read: Read = new Map(PARTITIONS.map((partition) => [partition, []]));
  readonly errors: string[] = [];
  readonly ended: Promise<void>;
  readonly stream: ClientReadableStream<FetchResponse__Output>;

  constructor({ consumer }: StockClient, request: Partial<FetchRequest> = {}) {
    const stream = consumer.Fetch({ partitions: [{ topicName: 't' }], ...request });
    this.stream = stream;
    this.ended = new Promise((resolve, reject) => {
      stream.on('end', resolve);
      stream.on('error', reject);
    });
    this.ended.catch(() => {});
    stream.on('data', ({ entries }: FetchResponse__Output) => {
      for (const { partition, records, error } of entries) {
        if (error !== null) this.errors.push(`${partition}: ${error.code} ${error.message}`);
        for (const { offset, value } of records) {
          this.read.get(partition)?.push({ offset, value: String(value) });
        }
      }
    });
  }

  values(partition: number): string[] {
    return (this.read.get(partition) ?? []).map(({ value }) => value);
  }
}

test('a client with one address produces to every partition and reads them all', async (t) => {
  const { client } = await threeBrokers(t);
  const { producer, consumer, admin } = client;
  const follower = new Reader(client);
  const stream = producer.ProduceStream();
  const offsets = new Map<number, number>();
  stream.on('data', ({ results }: ProduceStreamResponse__Output) => {
    for (const { correlation, result } of results) {
      assert.equal(result?.error ?? undefined, undefined);
      offsets.set(Number(correlation), Number(result?.baseOffset));
    }
  });
  const ended = new Promise((resolve) => stream.on('end', resolve));
  for (let correlation = 0; correlation < 300; correlation++) {
    const entries = [
      { topicName: 't', partition: correlation % 3, records: [record(`v${correlation}`)] },
    ];
    stream.write({ correlation, acks: 'ACKS_ALL', entries });
  }
  stream.end();
  await ended;
  assert.equal(offsets.size, 300);
  for (const [correlation, offset] of offsets) assert.equal(offset, Math.floor(correlation / 3));

  const request = {
    entries: PARTITIONS.map((partition) => ({
      topicName: 't',
      partition,
      records: [record('a'), record('b')],
    })),
  };
  const produced = await unary<typeof request, ProduceResponse__Output>(
    producer.Produce.bind(producer),
    request,
  );
  assert.deepEqual(
    produced.results
      .toSorted((a, b) => a.entry - b.entry)
      .map(({ partition, baseOffset, recordCount, error }) => [
        partition,
        baseOffset,
        recordCount,
        error,
      ]),
    PARTITIONS.map((partition) => [partition, 100, 2, null]),
  );
  const expected = (partition: number): string[] => [
    ...Array.from({ length: 100 }, (_, index) => `v${index * 3 + partition}`),
    'a',
    'b',
  ];
  const bounded = new Reader(client, { stopAtEnd: true });
  await bounded.ended;
  await until(() => PARTITIONS.every((p) => follower.values(p).length === 102), 'all are followed');
  for (const partition of PARTITIONS) {
    assert.deepEqual(bounded.values(partition), expected(partition));
    assert.deepEqual(follower.values(partition), expected(partition));
  }
  assert.deepEqual([...bounded.errors, ...follower.errors], []);
  follower.stream.cancel();

  const latest = { topicName: 't', position: 'POSITION_LATEST' as const };
  const listed = await unary<typeof latest, ListOffsetsResponse__Output>(
    consumer.ListOffsets.bind(consumer),
    latest,
  );
  assert.deepEqual(
    listed.offsets.map(({ partition, offset, error }) => [partition, offset, error]),
    PARTITIONS.map((partition) => [partition, 102, null]),
  );
  for (const partition of PARTITIONS) {
    const asked = { topicName: 't', partition, leaderEpoch: 1_000 };
    const epoch = await unary(consumer.OffsetForLeaderEpoch.bind(consumer), asked);
    assert.equal(epoch.endOffset, 102);
  }
  const once = {
    partitions: PARTITIONS.map((partition) => ({ topicName: 't', partition, offset: 100 })),
  };
  const fetched = await unary<typeof once, FetchOnceResponse__Output>(
    consumer.FetchOnce.bind(consumer),
    once,
  );
  assert.deepEqual(
    fetched.entries
      .toSorted((a, b) => a.partition - b.partition)
      .map(({ partition, nextOffset, records, error }) => [
        partition,
        nextOffset,
        records.map(({ value }) => String(value)),
        error,
      ]),
    PARTITIONS.map((partition) => [partition, 102, ['a', 'b'], null]),
  );
  const described = await unary<{ topicName: string }, DescribeTopicResponse__Output>(
    admin.DescribeTopic.bind(admin),
    { topicName: 't' },
  );
  assert.deepEqual(
    described.topic?.partitionDetails.map(({ highWatermark, logEnd }) => [highWatermark, logEnd]),
    PARTITIONS.map(() => [102, 102]),
  );
  const outside = new Reader(client, {
    partitions: PARTITIONS.map((partition) => ({ topicName: 't', partition, offset: 9_999 })),
  });
  await assert.rejects(
    outside.ended,
    (error: ServiceError) => codeOf(error) === 'OFFSET_OUT_OF_RANGE',
  );
});

function codeOf(error: ServiceError): string | undefined {
  const [details] = error.metadata.get('grpc-status-details-bin');
  return Buffer.isBuffer(details) ? decodeStatusDetails(details)?.code : undefined;
}

/** Keeps one record of each partition in flight, each value produced once. */
class Writer {
  readonly acknowledged = new Map<number, { offset: number; value: string }[]>(
    PARTITIONS.map((partition) => [partition, []]),
  );
  readonly failures: { partition: number; code: string; outcome: string; leader: string }[] = [];
  readonly ended: Promise<unknown>;
  readonly #stream;
  #correlation = 0;
  #stopping = false;
  #inFlight = 0;

  constructor({ producer }: StockClient) {
    const stream = producer.ProduceStream();
    this.#stream = stream;
    this.ended = new Promise((resolve, reject) => {
      stream.on('end', resolve);
      stream.on('error', reject);
    });
    stream.on('data', ({ results }: ProduceStreamResponse__Output) => {
      for (const { correlation, result } of results) {
        assert.ok(result !== null);
        this.#answered(Number(correlation), result);
      }
    });
    for (const partition of PARTITIONS) this.#send(partition);
  }

  stop(): Promise<unknown> {
    this.#stopping = true;
    this.#endIfDone();
    return this.ended;
  }

  #answered(
    correlation: number,
    {
      partition,
      baseOffset,
      error,
    }: NonNullable<ProduceStreamResponse__Output['results'][number]['result']>,
  ): void {
    this.#inFlight--;
    if (error === null) {
      const row = { offset: baseOffset, value: `w${correlation}` };
      this.acknowledged.get(partition)?.push(row);
      this.#send(partition);
    } else {
      const { code, outcome, leader } = error;
      const at = leader === null ? '' : `${leader.host}:${leader.port}`;
      this.failures.push({ partition, code, outcome, leader: at });
      setTimeout(() => this.#send(partition), 20);
    }
    this.#endIfDone();
  }

  #send(partition: number): void {
    if (this.#stopping) return;
    this.#inFlight++;
    const correlation = this.#correlation++;
    const entries = [{ topicName: 't', partition, records: [record(`w${correlation}`)] }];
    this.#stream.write({ correlation, acks: 'ACKS_ALL', entries });
  }

  #endIfDone(): void {
    if (this.#stopping && this.#inFlight === 0) this.#stream.end();
  }
}

test('while another broker is killed nothing acknowledged is lost and every error says what became of the records', async (t) => {
  const { brokers, client, leaders } = await threeBrokers(t);
  const before = await leaders();
  const reader = new Reader(client);
  const writer = new Writer(client);
  const acknowledged = (partition: number): number =>
    writer.acknowledged.get(partition)?.length ?? 0;
  await until(() => PARTITIONS.every((p) => acknowledged(p) >= 20), 'all are written to');

  const victim = before.indexOf(2);
  await brokers[2]?.kill();
  const counts = PARTITIONS.map(acknowledged);
  await until(
    () => PARTITIONS.every((p) => acknowledged(p) >= (counts[p] ?? 0) + 20),
    'all are written to again',
    60_000,
  );
  assert.ok(!(await leaders()).includes(2));
  await writer.stop();
  for (const { code, outcome, leader } of writer.failures) {
    assert.ok(isErrorCode(code), code);
    assert.ok(['OUTCOME_NOT_APPLIED', 'OUTCOME_UNKNOWN'].includes(outcome), `${code} ${outcome}`);
    const clients = brokers.map(({ server }) => server);
    assert.ok(leader === '' || clients.includes(leader), `${leader} is a client port`);
  }
  assert.ok(
    writer.failures.some(({ partition, leader }) => partition === victim && leader !== ''),
    'a failure says who leads',
  );
  for (const partition of PARTITIONS) {
    const rows = writer.acknowledged.get(partition) ?? [];
    const last = rows.at(-1)?.offset ?? -1;
    await until(
      () => (reader.read.get(partition)?.at(-1)?.offset ?? -1) >= last,
      `partition ${partition} is followed to its end`,
      60_000,
    );
    const read = reader.read.get(partition) ?? [];
    assert.deepEqual(
      read.map(({ offset }) => offset),
      read.map((_, index) => index),
      'each offset once, in order',
    );
    const values = new Map(read.map(({ offset, value }) => [offset, value]));
    for (const { offset, value } of rows) assert.equal(values.get(offset), value);
    assert.equal(new Set(read.map(({ value }) => value)).size, read.length, 'no value twice');
  }
  assert.deepEqual(reader.errors, [], 'the readers went on at the next leader');
});

test('a client watches the metadata: an image, then what changes of the topics it asked for', async (t) => {
  const { brokers, client, leaders } = await threeBrokers(t);
  const { cluster, admin } = client;
  const messages: WatchMetadataResponse__Output[] = [];
  const watch = cluster.WatchMetadata({ topicNames: ['t', 'later'] });
  t.after(() => watch.cancel());
  watch.on('error', () => {});
  watch.on('data', (message: WatchMetadataResponse__Output) => messages.push(message));
  await until(() => messages.length > 0, 'the image');
  const [image] = messages;
  assert.deepEqual([image?.image, image?.more, image?.brokers.length], [true, false, 3]);
  assert.deepEqual(
    image?.topics.map(({ name, partitions }) => [name, partitions.map(({ leader }) => leader)]),
    [['t', [...(await leaders())]]],
  );
  await unary(admin.CreateTopic.bind(admin), { name: 'other', partitions: 1 });
  await unary(admin.CreateTopic.bind(admin), { name: 'later', partitions: 1 });
  const told = (name: string) =>
    messages.flatMap(({ topics }) => topics).filter((row) => row.name === name);
  await until(
    () => (told('later').at(-1)?.partitions[0]?.leader ?? -1) >= 0,
    'the new topic is led',
  );
  assert.deepEqual(told('other'), []);
  await brokers[2]?.kill();
  await until(
    () =>
      told('t')
        .at(-1)
        ?.partitions.every(({ leader }) => leader === 0 || leader === 1) === true,
    'the new leaders',
  );
  await until(
    () => messages.findLast(({ brokers: live }) => live.length > 0)?.brokers.length === 2,
    'the broker is gone',
  );
  const [later] = told('later');
  await unary(admin.DeleteTopic.bind(admin), { topicName: 'later' });
  await until(
    () => messages.some(({ topicsGone }) => topicsGone.includes(later?.topicId ?? '?')),
    'the deletion',
  );
  const positions = messages.map(({ controllerEpoch, seq }) => controllerEpoch * 1e9 + seq);
  assert.deepEqual(
    positions,
    positions.toSorted((a, b) => a - b),
  );
});

test('a client of the same rack reads the copy of a follower, even while the leaders are paused', async (t) => {
  const { brokers, client } = await threeBrokers(t);
  const { producer } = client;
  const entries = PARTITIONS.map((partition) => ({
    topicName: 't',
    partition,
    records: Array.from({ length: 10 }, (_, index) => record(`v${index}`)),
  }));
  await unary(producer.Produce.bind(producer), { entries });
  const request = (rack: string): Partial<FetchRequest> => ({
    rack,
    partitions: PARTITIONS.map((partition) => ({
      topicName: 't',
      partition,
      offset: 0,
      endOffset: 10,
    })),
  });
  await new Reader(client, request('rack-0')).ended;
  for (const { pid } of brokers.slice(1)) process.kill(pid, 'SIGSTOP');
  const near = new Reader(client, request('rack-0'));
  await near.ended;
  for (const partition of PARTITIONS) assert.equal(near.values(partition).length, 10);
  const elsewhere = new Reader(client, request('rack-1'));
  await until(
    () => PARTITIONS.filter((partition) => elsewhere.values(partition).length === 10).length === 1,
    'its own partition is read',
  );
  for (const { pid } of brokers.slice(1)) process.kill(pid, 'SIGCONT');
  await elsewhere.ended;
  for (const partition of PARTITIONS) assert.equal(elsewhere.values(partition).length, 10);
});
