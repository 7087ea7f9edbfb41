/** Every method of millrace.v1 with bytes that nobody would send: MILLRACE_FUZZ_RUNS inputs each (default 150). */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { MethodDefinition } from '@grpc/proto-loader';
import fc from 'fast-check';
import { isErrorCode } from '@millrace/core/errors';
import { decodeFetchResponse } from '@millrace/core/messages/fetch';
import { decodeProduceStreamResponse } from '@millrace/core/messages/produceStream';
import { loadMillrace } from '@millrace/proto/load';
import type { WireSession } from '@millrace/wire/client';
import { startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { bystander } from './bystander.ts';
import { goodBatch, hostileBatches } from './hostileBatch.ts';
import { type Answer, connectRaw, rawCall } from './rawCall.ts';
import { peakResidentMiB } from './residentMemory.ts';

const RUNS = Number(process.env.MILLRACE_FUZZ_RUNS ?? 150);
const AT_ONCE = 10;
const PEAK_MIB_MAX = 400;
const PRODUCE_STREAM = '/millrace.v1.Producer/ProduceStream';
const FETCH = '/millrace.v1.Consumer/Fetch';

interface Method {
  readonly path: string;
  /** Valid requests to start from. */
  readonly seeds: readonly Buffer[];
}

function methods(): Method[] {
  const definitions = loadMillrace();
  const one = (path: string, ...messages: object[]): Method => {
    const [, service = '', name = ''] = path.split('/');
    const methodsOf = definitions[service] as Record<string, MethodDefinition<object, object>>;
    const definition = methodsOf[name];
    assert.ok(definition !== undefined, path);
    return { path, seeds: messages.map((message) => definition.requestSerialize(message)) };
  };
  const topic = { topicName: 'fuzzed', partition: 0 };
  const record = { key: Buffer.from('k'), value: Buffer.from('v'), headers: [{ key: 'h' }] };
  const produced = [
    { entries: [{ ...topic, batches: goodBatch() }] },
    { acks: 2, deadlineMs: 100, entries: [{ ...topic, records: [record, record] }] },
    { entries: hostileBatches(1000).map(({ batches }) => ({ ...topic, batches })) },
  ];
  const fetched = [
    { partitions: [{ ...topic, offset: 0, endOffset: 5, lastLeaderEpoch: 0 }], stopAtEnd: true },
    { partitions: [{ topicName: 'fuzzed', timestampMs: 5 }], format: 2, messageBytesMax: 1000 },
  ];
  const shape = { name: 'made', partitions: 2, config: { retentionMs: '1d' }, validateOnly: true };
  const member = { group: 'fuzzed', memberId: 'm', instanceId: 'i' };
  const topics = [{ topicId: '00000000-0000-4000-8000-000000000001', partitions: [0, 1] }];
  const joining = { topics: ['fuzzed'], pattern: 'f(u|z)+ed?', assignor: 'range', clientId: 'c' };
  const heartbeats = [
    { ...member, join: joining },
    { ...member, memberEpoch: 1, revision: 1, owned: { partitions: topics }, maxWaitMs: 5 },
    { ...member, leave: true },
  ];
  const offset = { topicId: topics[0]?.topicId, partition: 0, offset: 5, metadata: 'm' };
  const commit = { ...member, memberEpoch: 1, offsets: [offset], rewind: true };
  const spec = {
    ...joining,
    start: { durationMs: 5 },
    pins: [{ instanceId: 'i', topic: 'fuzzed', partitions: [0] }],
    paused: true,
  };
  return [
    one(
      '/millrace.v1.Consumer/Membership',
      ...heartbeats.map((heartbeat) => ({ sequence: 1, heartbeat })),
      { sequence: 2, commit },
    ),
    one(
      '/millrace.v1.Consumer/Consume',
      { start: { ...member, join: joining, format: 2 } },
      { commit: { sequence: 1, offsets: [offset] } },
      { revoked: { revision: 1 } },
    ),
    one('/millrace.v1.Consumer/GroupHeartbeat', ...heartbeats),
    one('/millrace.v1.Consumer/CommitOffsets', commit, { ...commit, memberId: '' }),
    one('/millrace.v1.Consumer/FetchOffsets', { group: 'fuzzed', partitions: topics }),
    one('/millrace.v1.Admin/ListGroups', {}),
    one('/millrace.v1.Admin/DescribeGroup', { group: 'fuzzed' }),
    one('/millrace.v1.Admin/DeclareGroup', { group: 'd', uid: 'u', generation: 1, spec }),
    one('/millrace.v1.Admin/DeleteGroup', { group: 'fuzzed' }),
    one('/millrace.v1.Admin/ResetOffsets', { group: 'fuzzed', offsets: [offset], undo: true }),
    one('/millrace.v1.Producer/Produce', ...produced),
    one(PRODUCE_STREAM, ...produced.map((message) => ({ correlation: 7, ...message }))),
    one(FETCH, ...fetched),
    one('/millrace.v1.Consumer/FetchOnce', ...fetched.map((m) => ({ ...m, maxWaitMs: 1 }))),
    one('/millrace.v1.Consumer/ListOffsets', { ...topic, partitions: [0, 1], timestampMs: 5 }),
    one('/millrace.v1.Consumer/OffsetForLeaderEpoch', { ...topic, leaderEpoch: 3 }),
    one('/millrace.v1.Admin/CreateTopic', shape),
    one('/millrace.v1.Admin/AlterTopic', { ...shape, topicName: 'fuzzed', configUnset: ['x'] }),
    one('/millrace.v1.Admin/DeleteTopic', { topicName: 'nobody' }),
    one('/millrace.v1.Admin/DescribeTopic', { topicName: 'fuzzed' }),
    one('/millrace.v1.Admin/DeleteRecords', { topicName: 'fuzzed', partition: 0, offset: 0 }),
    one('/millrace.v1.Admin/ListTopics', { pageSize: 3, pageToken: 'x', includeInternal: true }),
    one('/millrace.v1.Admin/DescribeBrokers', {}),
    one('/millrace.v1.Cluster/Describe', {}),
  ];
}

/** Varints and lengths at the edges: 0, -1, 2^31, 2^63 and the like. */
const EDGES = [
  [0],
  [0x7f],
  [0xff, 0xff, 0xff, 0xff, 0x07],
  [0x80, 0x80, 0x80, 0x80, 0x08],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x00, 0x00, 0xc0, 0x7f],
].map((bytes) => Buffer.from(bytes));

type Change = (bytes: Buffer) => Buffer;

const place = fc.nat({ max: 1_000_000 });

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, fc.nat({ max: 7 })).map(
    ([at, bit]): Change =>
      (bytes) => {
        const copy = Buffer.from(bytes);
        if (copy.length > 0) copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ (1 << bit);
        return copy;
      },
  ),
  place.map(
    (at): Change =>
      (bytes) =>
        bytes.subarray(0, at % (bytes.length + 1)),
  ),
  fc.tuple(place, fc.constantFrom(...EDGES)).map(
    ([at, edge]): Change =>
      (bytes) => {
        const from = at % (bytes.length + 1);
        return Buffer.concat([bytes.subarray(0, from), edge, bytes.subarray(from + edge.length)]);
      },
  ),
  fc.tuple(place, fc.constantFrom(...EDGES)).map(
    ([at, edge]): Change =>
      (bytes) => {
        const from = at % (bytes.length + 1);
        return Buffer.concat([bytes.subarray(0, from), edge, bytes.subarray(from)]);
      },
  ),
  fc.uint8Array({ maxLength: 40 }).map(
    (tail): Change =>
      (bytes) =>
        Buffer.concat([bytes, tail]),
  ),
  fc.constant<Change>((bytes) => Buffer.concat([bytes, bytes])),
);

function inputs({ seeds }: Method): fc.Arbitrary<Buffer> {
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([seed, changes]) => changes.reduce((bytes, apply) => apply(bytes), seed));
  const random = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  return fc.oneof({ weight: 8, arbitrary: mutated }, { weight: 1, arbitrary: random });
}

function checkAnswer(path: string, input: Buffer, answer: Answer): void {
  const { status, error, messages, isCancelled } = answer;
  const what = `${path} with ${input.toString('hex').slice(0, 2000)}: ${status.code} ${status.message}`;
  if (status.code !== 0 && !isCancelled) {
    assert.ok(error !== undefined, `no details: ${what}`);
    assert.ok(isErrorCode(error.code) && error.code !== 'INTERNAL', what);
    assert.notEqual(error.message, '', what);
  }
  const errors =
    path === PRODUCE_STREAM
      ? messages.flatMap((m) => decodeProduceStreamResponse(m).results.map((r) => r.result.error))
      : path === FETCH
        ? messages.flatMap((m) => decodeFetchResponse(m).entries.map((entry) => entry.error))
        : [];
  for (const each of errors) {
    assert.ok(each === undefined || each.code !== 'INTERNAL', `${what}: ${each?.message}`);
  }
}

test('whatever bytes a method is called with, the answer is a reply or a typed error, and others go on', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const healthy = await bystander(broker.server);
  t.after(() => healthy.close());
  const [client, data] = [
    await connectRaw(broker.ports.client),
    await connectRaw(broker.ports.data),
  ] as const;
  t.after(() => client.destroy());
  t.after(() => data.destroy());
  const all = methods();
  const create = all.find(({ path }) => path.endsWith('CreateTopic'));
  assert.ok(create !== undefined);
  const seed = loadMillrace()['millrace.v1.Admin'] as Record<
    string,
    MethodDefinition<object, object>
  >;
  const made = seed.CreateTopic?.requestSerialize({ name: 'fuzzed', partitions: 2 });
  assert.ok(made !== undefined);
  assert.equal((await rawCall(client, create.path, [made], 5000)).status.code, 0);

  for (const method of all) {
    const onData = method.path === PRODUCE_STREAM || method.path === FETCH;
    const sessions: WireSession[] = onData ? [client, data] : [client];
    for (const session of sessions) {
      const property = fc.asyncProperty(
        fc.array(inputs(method), { minLength: AT_ONCE, maxLength: AT_ONCE }),
        async (batch) => {
          const answers = await Promise.all(
            batch.map((input) => rawCall(session, method.path, [input])),
          );
          for (const [index, answer] of answers.entries()) {
            checkAnswer(method.path, batch[index] ?? Buffer.alloc(0), answer);
          }
        },
      );
      await fc.assert(property, { numRuns: Math.ceil(RUNS / AT_ONCE) });
      await healthy.roundTrip();
    }
  }
  const unknown = await rawCall(client, '/millrace.v1.Admin/Nonsense', [Buffer.alloc(0)]);
  assert.equal(unknown.status.code, 12);
  assert.ok(!/uncaught|unhandled|a handler threw/.test(broker.diagnostics()), broker.diagnostics());
  const peak = peakResidentMiB(broker.pid) ?? 0;
  t.diagnostic(`peak ${Math.round(peak)} MiB`);
  assert.ok(peak < PEAK_MIB_MAX, `the broker came to ${peak} MiB`);
});
