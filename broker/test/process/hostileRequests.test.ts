/** Requests that are wrong in ways one can name: each is answered by the error that says so, and changes nothing. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Metadata } from '@grpc/grpc-js';
import type { ErrorCode, MillraceError } from '@millrace/core/errors';
import { decodeFetchResponse } from '@millrace/core/messages/fetch';
import { encodeFetchRequest } from '@millrace/core/messages/fetchRequest';
import {
  decodeProduceStreamResponse,
  encodeProduceStreamRequest,
  type ProduceEntryMessage,
} from '@millrace/core/messages/produceStream';
import { decodeStatusDetails } from '@millrace/core/statusDetails';
import type { ProduceEntry } from '@millrace/proto/generated/millrace/v1/ProduceEntry';
import type { WireSession } from '@millrace/wire/client';
import { type BrokerProcess, startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { type Bystander, bystander } from './bystander.ts';
import { goodBatch, hostileBatches } from './hostileBatch.ts';
import { connectRaw, rawCall } from './rawCall.ts';
import { type StockClient, stockClient, unary, type UnaryMethod } from './stockClient.ts';

const TOPIC = 'target';
const BATCH_BYTES_MAX = 64 * 1024;
const PRODUCE_STREAM = '/millrace.v1.Producer/ProduceStream';
const FETCH = '/millrace.v1.Consumer/Fetch';

let broker: BrokerProcess;
let stock: StockClient;
let healthy: Bystander;
/** Both listeners serve the hot streams; the client port all the rest. */
let listeners: { name: string; session: WireSession }[];

before(async () => {
  broker = await startBrokerProcess();
  stock = stockClient(broker.server);
  healthy = await bystander(broker.server);
  listeners = [
    { name: 'client', session: await connectRaw(broker.ports.client) },
    { name: 'data', session: await connectRaw(broker.ports.data) },
  ];
  await unary(stock.admin.CreateTopic.bind(stock.admin), {
    name: TOPIC,
    partitions: 2,
    config: { batchBytesMax: String(BATCH_BYTES_MAX) },
  });
});

after(async () => {
  for (const { session } of listeners) session.destroy();
  stock.close();
  await healthy.close();
  await broker[Symbol.asyncDispose]();
});

/** The error of millrace.v1 in the status of a failed unary call. */
function detailsOf(error: unknown): MillraceError {
  const metadata = (error as { metadata?: Metadata }).metadata;
  const [bytes] = metadata?.get('grpc-status-details-bin') ?? [];
  assert.ok(bytes instanceof Buffer, `no details: ${String(error)}`);
  const details = decodeStatusDetails(bytes);
  assert.ok(details !== undefined);
  return details;
}

async function refused<Request, Reply>(
  what: string,
  codes: readonly ErrorCode[],
  method: UnaryMethod<Request, Reply>,
  request: Request,
): Promise<void> {
  const outcome = await unary(method, request).then(
    () => undefined,
    (error: unknown) => detailsOf(error),
  );
  assert.ok(outcome !== undefined, `${what} was accepted`);
  check(what, codes, outcome);
}

function check(what: string, codes: readonly ErrorCode[], error: MillraceError | undefined): void {
  assert.ok(error !== undefined, `${what} was accepted`);
  assert.ok(codes.includes(error.code), `${what}: ${error.code}: ${error.message}`);
  assert.equal(error.outcome, 'not-applied', what);
  assert.ok(error.message.length > 0 && error.message.length < 1000, what);
}

interface HostileEntry {
  readonly what: string;
  readonly entry: ProduceEntryMessage;
  readonly codes: readonly ErrorCode[];
  readonly acks?: number;
}

function hostileEntries(): HostileEntry[] {
  const base = { topicName: TOPIC, partition: 0, records: [], batches: Buffer.alloc(0) };
  const record = { offset: 0, key: Buffer.from('k'), value: Buffer.from('v'), headers: [] };
  const good = () => ({ ...base, batches: goodBatch() });
  const REQUEST = ['INVALID_REQUEST'] as const;
  return [
    ...hostileBatches(BATCH_BYTES_MAX).map(({ what, batches, codes }) => ({
      what,
      codes,
      entry: { ...base, batches },
    })),
    { what: 'no records', entry: base, codes: REQUEST },
    { what: 'records and batches', entry: { ...good(), records: [record] }, codes: REQUEST },
    { what: 'no partition', entry: { ...good(), partition: undefined }, codes: REQUEST },
    { what: 'partition -1', entry: { ...good(), partition: -1 }, codes: REQUEST },
    { what: 'partition 2', entry: { ...good(), partition: 2 }, codes: ['UNKNOWN_PARTITION'] },
    {
      what: 'partition 2^31-1',
      entry: { ...good(), partition: 2 ** 31 - 1 },
      codes: ['UNKNOWN_PARTITION'],
    },
    { what: 'no topic', entry: { ...good(), topicName: undefined }, codes: REQUEST },
    { what: 'acks 77', entry: good(), acks: 77, codes: REQUEST },
    { what: 'acks -1', entry: good(), acks: -1, codes: REQUEST },
    ...['nobody', '../target', '.', '__groups', '__proto__', 'constructor', 'x'.repeat(10_000)].map(
      (topicName) => ({
        what: `topic ${topicName.slice(0, 20)}`,
        entry: { ...good(), topicName },
        codes: ['UNKNOWN_TOPIC'] as const,
      }),
    ),
    {
      what: 'a topic id that is none',
      entry: { ...good(), topicName: undefined, topicId: '../../etc' },
      codes: ['UNKNOWN_TOPIC'],
    },
    {
      what: 'a structured record above batchBytesMax',
      entry: { ...base, records: [{ ...record, value: Buffer.alloc(BATCH_BYTES_MAX) }] },
      codes: ['RECORD_TOO_LARGE'],
    },
    {
      what: 'a structured record from tomorrow',
      entry: { ...base, records: [{ ...record, timestampMs: Date.now() + 86_400_000 }] },
      codes: ['INVALID_TIMESTAMP'],
    },
    ...[-1, -(2 ** 40), Number.MAX_SAFE_INTEGER].map((timestampMs) => ({
      what: `a structured record of ${timestampMs}`,
      entry: { ...base, records: [{ ...record, timestampMs }] },
      codes: ['INVALID_REQUEST', 'INVALID_TIMESTAMP'] as const,
    })),
  ];
}

test('Produce refuses every wrong entry with its error, and appends nothing', async () => {
  for (const { what, entry, acks = 3, codes } of hostileEntries()) {
    const { topicId, topicName, partition, records, batches } = entry;
    const message = {
      ...(topicId === undefined ? {} : { topicId }),
      ...(topicName === undefined ? {} : { topicName }),
      ...(partition === undefined ? {} : { partition }),
      records: records as ProduceEntry['records'] & object,
      batches,
    };
    const request = { acks: acks as 3, entries: [message] };
    await refused(what, codes, stock.producer.Produce.bind(stock.producer), request);
  }
  await healthy.roundTrip();
});

test('ProduceStream refuses every wrong entry in-band and goes on, on both listeners', async () => {
  for (const { name, session } of listeners) {
    const cases = hostileEntries();
    const bodies = cases.map(({ entry, acks = 3 }, correlation) =>
      Buffer.concat(
        encodeProduceStreamRequest({ correlation, acks, deadlineMs: 0, entries: [entry] }),
      ),
    );
    const empty = { correlation: cases.length, acks: 3, deadlineMs: 0, entries: [] };
    bodies.push(Buffer.concat(encodeProduceStreamRequest(empty)));
    const answer = await rawCall(session, PRODUCE_STREAM, bodies, 20_000);
    assert.equal(answer.status.code, 0, `${name}: ${answer.status.message}`);
    const results = new Map(
      answer.messages
        .flatMap((body) => decodeProduceStreamResponse(body).results)
        .map(({ correlation, result }) => [correlation, result]),
    );
    for (const [correlation, { what, codes }] of cases.entries()) {
      check(`${name}: ${what}`, codes, results.get(correlation)?.error);
    }
    check(`${name}: no entries`, ['INVALID_REQUEST'], results.get(cases.length)?.error);
  }
  const end = await unary(stock.consumer.ListOffsets.bind(stock.consumer), {
    topicName: TOPIC,
    position: 'POSITION_LATEST' as const,
  });
  assert.deepEqual(
    end?.offsets.map(({ offset }) => offset),
    [0, 0],
  );
  await healthy.roundTrip();
});

test('Fetch refuses every wrong request with its error, on both listeners', async () => {
  const one = { topicName: TOPIC, partition: 0 };
  const base = { format: 0, isolation: 0, stopAtEnd: false, messageBytesMax: 0 };
  const INVALID = ['INVALID_REQUEST'] as const;
  const cases: {
    what: string;
    request: typeof base & { partitions: object[] };
    codes: readonly ErrorCode[];
  }[] = [
    { what: 'no partitions', request: { ...base, partitions: [] }, codes: INVALID },
    { what: 'one twice', request: { ...base, partitions: [one, one] }, codes: INVALID },
    {
      what: 'all and one',
      request: { ...base, partitions: [{ topicName: TOPIC }, one] },
      codes: INVALID,
    },
    { what: 'no topic', request: { ...base, partitions: [{ partition: 0 }] }, codes: INVALID },
    { what: 'format 9', request: { ...base, partitions: [one], format: 9 }, codes: INVALID },
    {
      what: 'isolation -1',
      request: { ...base, partitions: [one], isolation: -1 },
      codes: INVALID,
    },
    {
      what: 'position 5',
      request: { ...base, partitions: [{ ...one, position: 5 }] },
      codes: INVALID,
    },
    {
      what: 'partition -1',
      request: { ...base, partitions: [{ ...one, partition: -1 }] },
      codes: INVALID,
    },
    {
      what: 'offset -1',
      request: { ...base, partitions: [{ ...one, offset: -1 }] },
      codes: INVALID,
    },
    {
      what: 'end -1',
      request: { ...base, partitions: [{ ...one, endOffset: -1 }] },
      codes: INVALID,
    },
    {
      what: 'partition 9',
      request: { ...base, partitions: [{ ...one, partition: 9 }] },
      codes: ['UNKNOWN_PARTITION'],
    },
    {
      what: 'offset 2^53-1',
      request: { ...base, partitions: [{ ...one, offset: Number.MAX_SAFE_INTEGER }] },
      codes: ['OFFSET_OUT_OF_RANGE'],
    },
    {
      what: 'an unknown topic',
      request: { ...base, partitions: [one, { topicName: '../x' }] },
      codes: ['UNKNOWN_TOPIC'],
    },
  ];
  for (const { name, session } of listeners) {
    for (const { what, request, codes } of cases) {
      const body = Buffer.concat(encodeFetchRequest(request));
      const { error } = await rawCall(session, FETCH, [body], 5000);
      check(`${name}: ${what}`, codes, error);
    }
    // Not wrong, only extreme.
    for (const messageBytesMax of [1, 2 ** 32 - 1]) {
      const request = { ...base, partitions: [one], stopAtEnd: true, messageBytesMax };
      const answer = await rawCall(session, FETCH, [Buffer.concat(encodeFetchRequest(request))]);
      assert.equal(answer.status.code, 0);
      const [entry] = answer.messages.flatMap((message) => decodeFetchResponse(message).entries);
      assert.equal(entry?.nextOffset, 0);
    }
  }
  await healthy.roundTrip();
});

test('Admin refuses names, numbers and settings that are none', async () => {
  const create = stock.admin.CreateTopic.bind(stock.admin);
  const names = ['', '.', '..', '../x', 'a/b', '__x', 'ä', 'a b', 'a\0b', '\n', 'x'.repeat(250)];
  for (const name of names) {
    await refused(`name ${JSON.stringify(name)}`, ['INVALID_TOPIC_NAME'], create, { name });
  }
  for (const partitions of [-1, 10_001, 2 ** 31 - 1, -(2 ** 31)]) {
    const request = { name: 'x', partitions };
    await refused(`${partitions} partitions`, ['INVALID_PARTITIONS'], create, request);
  }
  for (const replicationFactor of [-1, 2, 2 ** 31 - 1]) {
    const request = { name: 'x', replicationFactor };
    await refused(`${replicationFactor} replicas`, ['INVALID_REPLICATION_FACTOR'], create, request);
  }
  const configs: Record<string, string>[] = [
    { nonsense: '1' },
    { retentionMs: 'NaN' },
    { retentionMs: '-2' },
    { retentionMs: '1e999' },
    { retentionBytes: 'Infinity' },
    { retentionBytes: '9007199254740993' },
    { segmentBytesMax: '0' },
    { segmentBytesMax: '4GiB' },
    { batchBytesMax: '' },
    { batchBytesMax: '2MiB', segmentBytesMax: '1MiB' },
    { durability: 'perhaps' },
    { cleanupPolicy: 'compact' },
    { minInsyncReplicas: '2' },
    { partitions: '5' },
    Object.fromEntries([['__proto__', '1']]),
    Object.fromEntries([['constructor', '1']]),
    { ['k'.repeat(100_000)]: 'v' },
    { retentionMs: '9'.repeat(100_000) },
  ];
  for (const config of configs) {
    const what = JSON.stringify(config).slice(0, 60);
    await refused(what, ['INVALID_CONFIG'], create, { name: 'x', config });
  }
  const alter = stock.admin.AlterTopic.bind(stock.admin);
  await refused('fewer partitions', ['INVALID_PARTITIONS'], alter, {
    topicName: TOPIC,
    partitions: 1,
  });
  await refused('-5 partitions', ['INVALID_PARTITIONS'], alter, {
    topicName: TOPIC,
    partitions: -5,
  });
  await refused('an unknown key', ['INVALID_CONFIG'], alter, {
    topicName: TOPIC,
    configUnset: ['x'],
  });
  await refused('an unknown topic', ['UNKNOWN_TOPIC'], alter, { topicName: 'nobody' });
  await refused('no topic', ['INVALID_REQUEST'], stock.admin.DeleteTopic.bind(stock.admin), {});
  await refused(
    'an unknown topic',
    ['UNKNOWN_TOPIC'],
    stock.admin.DescribeTopic.bind(stock.admin),
    {
      topicId: '00000000-0000-4000-8000-000000000000',
    },
  );
  await refused('page size -1', ['INVALID_REQUEST'], stock.admin.ListTopics.bind(stock.admin), {
    pageSize: -1,
  });
  const { topics } = (await unary(stock.admin.ListTopics.bind(stock.admin), {
    pageToken: '\u{10ffff}',
  })) ?? { topics: undefined };
  assert.deepEqual(topics, []);
  await healthy.roundTrip();
});

test('ListOffsets, FetchOnce and OffsetForLeaderEpoch refuse what is out of range', async () => {
  const { consumer } = stock;
  const list = consumer.ListOffsets.bind(consumer);
  await refused('partition -1', ['INVALID_REQUEST'], list, { topicName: TOPIC, partitions: [-1] });
  await refused('time past 2^53', ['INVALID_REQUEST'], list, {
    topicName: TOPIC,
    timestampMs: 2 ** 60,
  });
  await refused('position 9', ['INVALID_REQUEST'], list, { topicName: TOPIC, position: 9 as 0 });
  const row = await unary(list, { topicName: TOPIC, partitions: [5] });
  assert.equal(row?.offsets[0]?.error?.code, 'UNKNOWN_PARTITION');
  const once = consumer.FetchOnce.bind(consumer);
  await refused('no partitions', ['INVALID_REQUEST'], once, {});
  await refused('a long wait', ['INVALID_REQUEST'], once, {
    partitions: [{ topicName: TOPIC }],
    maxWaitMs: 2 ** 32 - 1,
  });
  const epoch = consumer.OffsetForLeaderEpoch.bind(consumer);
  await refused('partition -1', ['INVALID_REQUEST'], epoch, { topicName: TOPIC, partition: -1 });
  await refused('partition 7', ['UNKNOWN_PARTITION'], epoch, { topicName: TOPIC, partition: 7 });
  for (const leaderEpoch of [-1, -(2 ** 31), 2 ** 31 - 1]) {
    const reply = await unary(epoch, { topicName: TOPIC, partition: 0, leaderEpoch });
    assert.ok(reply !== undefined && reply.endOffset <= 0);
  }
  await healthy.roundTrip();
});

test('FetchOnce answers at once when there is data, and waits only while there is none', async () => {
  const { producer, consumer } = stock;
  await unary(producer.Produce.bind(producer), {
    entries: [{ topicName: TOPIC, partition: 1, records: [{ value: Buffer.from('here') }] }],
  });
  const from = performance.now();
  const reply = await unary(consumer.FetchOnce.bind(consumer), {
    partitions: [{ topicName: TOPIC, partition: 1 }],
    maxWaitMs: 20_000,
  });
  assert.equal(String(reply?.entries[0]?.records[0]?.value), 'here');
  assert.ok(performance.now() - from < 10_000, 'it waited although there was something to read');
});
