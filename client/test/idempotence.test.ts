/** What is sent again is in the log once, in the order of sending: the producer against leaders that do as they are told. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { readBatchHeader } from '@millrace/core/batchHeader';
import { MillraceError, millraceError } from '@millrace/core/errors';
import { Millrace } from '../src/millrace.ts';
import type { ProducerOptions } from '../src/producerOptions.ts';
import { FakeBroker, type FakeBrokerOptions, type Verdict } from './fakeBroker.ts';
import { FakeCluster, until } from './fakeCluster.ts';

/** One batch a record: the smallest batch size seals after each. */
const EACH_ALONE = { batchBytes: 128, lingerMs: 0 };
const value = (index: number) => `${index}`.padStart(60, '0');
const values = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => value(from + index));

async function setUp(options: FakeBrokerOptions & ProducerOptions = {}) {
  const broker = await FakeBroker.start(options);
  const client = new Millrace({ server: broker.server });
  const producer = client.producer({ ...EACH_ALONE, ...options });
  const send = (text: string) => producer.send({ topic: 't', partition: 0, value: text });
  return {
    broker,
    producer,
    send,
    sendAll: (texts: readonly string[]) => Promise.all(texts.map(send)),
    [Symbol.asyncDispose]: async () => {
      await client.close().catch(() => {});
      await broker[Symbol.asyncDispose]();
    },
  };
}

const busy = () => millraceError('BUFFER_FULL', 'busy', { retryAfterMs: 1 });
const appended = (
  code: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND' | 'NOT_LEADER' | 'DEADLINE_EXCEEDED',
) => ({
  appended: millraceError(code, 'too late', { outcome: 'unknown', retryAfterMs: 1 }),
});

test('what was appended before the connection broke is sent again, and is acknowledged where it is', async () => {
  await using at = await setUp();
  const arrivals: Buffer[] = [];
  at.broker.verdict = (_, arrival, batches) => {
    arrivals.push(Buffer.from(batches));
    return arrival === 3 ? 'break-after' : 'apply';
  };
  const deliveries = await at.sendAll(values(0, 20));
  assert.deepEqual(at.broker.values(0), values(0, 20));
  assert.deepEqual(
    deliveries.map(({ offset }) => offset),
    Array.from({ length: 20 }, (_, index) => index),
  );
  const ofThird = arrivals.filter((bytes) => bytes.includes(value(3)));
  assert.ok(ofThird.length >= 2, 'it was sent again');
  for (const bytes of ofThird) assert.deepEqual(bytes, ofThird[0]);
});

test('every outcome that leaves it open is retried', async () => {
  const verdicts: Verdict[] = [
    'break-before',
    'break-after',
    appended('NOT_ENOUGH_REPLICAS_AFTER_APPEND'),
    appended('NOT_LEADER'),
    appended('DEADLINE_EXCEEDED'),
  ];
  for (const verdict of verdicts) {
    await using at = await setUp();
    at.broker.verdict = (_, arrival) => (arrival === 2 ? verdict : 'apply');
    const deliveries = await at.sendAll(values(0, 8));
    assert.deepEqual(at.broker.values(0), values(0, 8), JSON.stringify(verdict));
    assert.equal(deliveries.at(-1)?.offset, 7);
  }
});

/** Random troubles over a cluster whose leaders move; returns what the logs are and what they should be. */
async function troubled(options: ProducerOptions) {
  await using cluster = await FakeCluster.start({ partitions: 3 });
  const client = new Millrace({ server: cluster.server });
  const producer = client.producer({ ...EACH_ALONE, ...options });
  let seed = 1;
  const draw = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 1;
    return seed % below;
  };
  let troubles = 0;
  for (const broker of cluster.brokers) {
    broker.verdict = (partition) => {
      const refusal = cluster.verdict(broker, partition);
      const kind = draw(16);
      if (refusal !== undefined || kind > 5 || troubles > 60) return refusal ?? 'apply';
      troubles += 1;
      if (kind === 0) return 'break-before';
      if (kind === 1) return 'break-after';
      if (kind === 2) return busy();
      if (kind === 3) return appended('NOT_ENOUGH_REPLICAS_AFTER_APPEND');
      cluster.move(partition, 1 - broker.brokerId);
      return kind === 4 ? appended('NOT_LEADER') : 'break-after';
    };
  }
  const sent = values(0, 300);
  const results = await Promise.allSettled(
    sent.map((text, n) => producer.send({ topic: 't', partition: n % 3, value: text })),
  );
  await client.close();
  const failed = results.filter(({ status }) => status === 'rejected').length;
  const logs = [0, 1, 2].map((partition) => cluster.broker(0).values(partition));
  return { logs, failed, troubles, sent };
}

test('through breaks, refusals and moving leaders every record is in the log once and in order', async () => {
  const { logs, failed, troubles, sent } = await troubled({});
  assert.ok(troubles > 40, `${troubles} troubles`);
  assert.equal(failed, 0);
  for (const [partition, log] of logs.entries()) {
    assert.deepEqual(
      log,
      sent.filter((_, n) => n % 3 === partition),
    );
  }
});

test('the same troubles without idempotence double records or fail them', async () => {
  const doubled = await troubled({ idempotence: false, retryUnknown: true });
  const all = doubled.logs.flat();
  assert.ok(new Set(all).size < all.length, 'nothing is twice: the check would not notice');
  const surfaced = await troubled({ idempotence: false });
  assert.ok(surfaced.failed > 0);
});

test('the first batch goes alone, so that a leader that knows nothing takes no later one for it', async () => {
  await using at = await setUp();
  at.broker.verdict = (_, arrival) => (arrival === 0 ? busy() : 'apply');
  await at.sendAll(values(0, 10));
  assert.deepEqual(at.broker.values(0), values(0, 10));
});

test('a record whose time ran out fails as unknown, and those after it go on in the next epoch', async () => {
  await using at = await setUp({ deliveryTimeoutMs: 400 });
  await at.send(value(0));
  at.broker.verdict = () => 'break-before';
  await assert.rejects(at.send(value(1)), { outcome: 'unknown' });
  at.broker.verdict = () => 'apply';
  const { offset } = await at.send(value(2));
  assert.equal(offset, 1);
  assert.deepEqual(at.broker.values(0), [value(0), value(2)]);
  const last = readBatchHeader(at.broker.logs[0]?.at(-1) as Buffer, 0);
  assert.deepEqual([last.producerEpoch, last.baseSequence], [1, 0]);
});

test('a record that certainly was not applied leaves no gap either', async () => {
  await using at = await setUp();
  await at.send(value(0));
  at.broker.verdict = (_, __, batches) =>
    batches.includes(value(2)) ? millraceError('INVALID_RECORD', 'no') : 'apply';
  const results = await Promise.allSettled(values(1, 8).map(at.send));
  assert.deepEqual(
    results.map(({ status }) => status),
    [2, 1, 2, 2, 2, 2, 2].map((kind, n) => (n === 1 || kind === 1 ? 'rejected' : 'fulfilled')),
  );
  assert.deepEqual(at.broker.values(0), [0, 1, 3, 4, 5, 6, 7].map(value));
});

test('a leader that lacks what it acknowledged gets the next record in a new epoch', async () => {
  await using at = await setUp();
  await at.sendAll(values(0, 3));
  at.broker.sequences.rewind('11111111-1111-4111-8111-111111111111/0', 1);
  await at.sendAll(values(3, 9));
  assert.deepEqual(at.broker.values(0), values(0, 9));
  const last = readBatchHeader(at.broker.logs[0]?.at(-1) as Buffer, 0);
  assert.equal(last.producerEpoch, 1);
});

test('what may have been lost with the log fails as unknown and is not given a second place', async () => {
  await using at = await setUp();
  await at.sendAll(values(0, 3));
  at.broker.verdict = () => {
    at.broker.verdict = () => 'apply';
    at.broker.sequences.rewind('11111111-1111-4111-8111-111111111111/0', 1);
    return 'break-before';
  };
  const doubtful = at.send(value(3));
  const after = until(() => at.broker.arrivals > 3, 'it arrived').then(() => at.send(value(4)));
  await assert.rejects(doubtful, { code: 'OUT_OF_ORDER_SEQUENCE', outcome: 'unknown' });
  await after;
  assert.deepEqual(at.broker.values(0), [0, 1, 2, 4].map(value));
});

test('what comes before a record that may be lost with the log is not lost with it', async () => {
  await using at = await setUp({ deliveryTimeoutMs: 5_000 });
  await at.sendAll(values(0, 3));
  let troubles = 0;
  at.broker.verdict = (_, __, batches) => {
    if (batches.includes(value(3)) && troubles === 0) {
      troubles = 1;
      return busy();
    }
    if (batches.includes(value(4)) && troubles === 1) {
      troubles = 2;
      at.broker.sequences.rewind('11111111-1111-4111-8111-111111111111/0', 1);
      return millraceError('NOT_LEADER', 'too late', { outcome: 'unknown' });
    }
    return 'apply';
  };
  const results = await Promise.allSettled(values(3, 6).map(at.send));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(at.broker.values(0), [0, 1, 2, 3, 5].map(value));
});

test('behind a record that is given up, what may be in the log is found where it is', async () => {
  await using at = await setUp();
  await at.send(value(0));
  let troubles = 0;
  at.broker.verdict = (_, __, batches) => {
    if (batches.includes(value(1))) {
      return { appended: millraceError('INTERNAL', 'a bug', { outcome: 'unknown' }) };
    }
    if (batches.includes(value(2)) && troubles++ === 0) return appended('NOT_LEADER');
    return 'apply';
  };
  const results = await Promise.allSettled(values(1, 5).map(at.send));
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value.offset : 'unknown')),
    ['unknown', 2, 3, 4],
  );
  assert.deepEqual(at.broker.values(0), values(0, 5));
});

test('a leader that forgot the producer goes on with the next sequence', async () => {
  await using at = await setUp();
  await at.sendAll(values(0, 5));
  at.broker.sequences.forget();
  await at.sendAll(values(5, 15));
  assert.deepEqual(at.broker.values(0), values(0, 15));
});

test('a fenced producer fails what it has and takes nothing more', async () => {
  await using at = await setUp();
  await at.send(value(0));
  at.broker.verdict = () => millraceError('PRODUCER_FENCED', 'somebody else');
  const results = await Promise.allSettled(values(1, 30).map(at.send));
  for (const result of results) {
    assert.ok(result.status === 'rejected' && result.reason instanceof MillraceError);
    assert.equal(result.reason.code, 'PRODUCER_FENCED');
  }
  at.broker.verdict = () => 'apply';
  await assert.rejects(at.send(value(30)), { code: 'PRODUCER_FENCED', outcome: 'not-applied' });
  assert.deepEqual(at.broker.values(0), [value(0)]);
});

test('the id is asked for once, again where nobody gives one now, and its refusal is told', async () => {
  await using at = await setUp();
  let asked = 0;
  at.broker.unaryVerdict = (name) => {
    if (name !== 'InitProducer') return 'serve';
    asked += 1;
    return asked < 3 ? millraceError('NOT_CONTROLLER', 'nobody', { retryAfterMs: 1 }) : 'serve';
  };
  await at.sendAll(values(0, 20));
  assert.equal(asked, 3);
  await using other = await setUp();
  other.broker.unaryVerdict = (name) =>
    name === 'InitProducer' ? millraceError('UNAUTHORIZED', 'not you') : 'serve';
  await assert.rejects(other.send(value(0)), { code: 'UNAUTHORIZED', outcome: 'not-applied' });
  other.broker.unaryVerdict = () => 'serve';
  await other.send(value(1));
  assert.deepEqual(other.broker.values(0), [value(1)]);
});

test('idempotence wants acks of all in-sync replicas', () => {
  const client = new Millrace({ server: '127.0.0.1:1' });
  for (const acks of ['none', 'leader'] as const) {
    assert.throws(() => client.producer({ acks }), {
      code: 'INVALID_REQUEST',
      message: /idempotence/,
    });
    client.producer({ acks, idempotence: false });
  }
});

test('a batch above the limit that the topic has now is split, with the sequences that it had', async () => {
  await using at = await setUp({ batchBytes: 64 * 1024, batchBytesMax: 100_000 });
  await at.send('first');
  at.broker.batchBytesMax = 1_000;
  at.broker.verdict = (_, arrival) => (arrival % 7 === 3 ? busy() : 'apply');
  await at.sendAll(values(0, 200));
  assert.deepEqual(at.broker.values(0), ['first', ...values(0, 200)]);
  const last = readBatchHeader(at.broker.logs[0]?.at(-1) as Buffer, 0);
  assert.equal(last.baseSequence + last.recordCount, 201);
});

test('a batch that may be in the log is not split when the limit no longer allows it', async () => {
  await using at = await setUp({ batchBytes: 64 * 1024, batchBytesMax: 100_000 });
  await at.send('first');
  at.broker.verdict = (_, arrival) => {
    if (arrival !== 1) return 'apply';
    at.broker.batchBytesMax = 1_000;
    return appended('NOT_ENOUGH_REPLICAS_AFTER_APPEND');
  };
  const results = await Promise.allSettled(values(0, 100).map(at.send));
  for (const result of results) {
    assert.ok(result.status === 'rejected' && result.reason instanceof MillraceError);
    assert.deepEqual([result.reason.code, result.reason.outcome], ['RECORD_TOO_LARGE', 'unknown']);
  }
  assert.deepEqual(at.broker.values(0), ['first', ...values(0, 100)]);
});

test('in a topic that was made again the first batch goes alone, too', async () => {
  await using at = await setUp();
  await at.sendAll(values(0, 3));
  const topicId = '22222222-2222-4222-8222-222222222222';
  at.broker.replaceTopic(topicId, 1);
  let arrivals = 0;
  at.broker.verdict = (_, __, ___, asked) =>
    asked === topicId && arrivals++ === 0 ? busy() : 'apply';
  await at.sendAll(values(3, 15));
  assert.deepEqual(at.broker.values(0), values(3, 15));
});

test('a leader that says nothing while another one leads is given up, and nothing is doubled', async () => {
  await using cluster = await FakeCluster.start({ partitions: 1 });
  const client = new Millrace({ server: cluster.server });
  const producer = client.producer(EACH_ALONE);
  await producer.send({ topic: 't', value: value(0) });
  // It stops in the middle of its work: some of it is in the log.
  const [old] = cluster.brokers;
  let taken = 0;
  assert.ok(old !== undefined);
  old.verdict = () => (taken++ < 2 ? 'apply-silently' : 'ignore');
  const sending = Promise.all(
    values(1, 20).map((text) => producer.send({ topic: 't', value: text })),
  );
  await until(() => taken >= 5, 'the pipeline is full');
  cluster.hints = 'none';
  cluster.move(0, 1);
  await sending;
  assert.deepEqual(cluster.broker(1).values(0), values(0, 20));
  await client.close();
});
