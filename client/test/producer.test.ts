import assert from 'node:assert/strict';
import test from 'node:test';
import { MillraceError, millraceError } from '@millrace/core/errors';
import { Millrace } from '../src/millrace.ts';
import type { ProducerOptions } from '../src/producerOptions.ts';
import type { BatchDelivery } from '../src/producerRecord.ts';
import { FakeBroker, type FakeBrokerOptions } from './fakeBroker.ts';

async function setUp(options: FakeBrokerOptions & ProducerOptions = {}) {
  const broker = await FakeBroker.start(options);
  const client = new Millrace({ server: broker.server });
  const producer = client.producer(options);
  return {
    broker,
    client,
    producer,
    [Symbol.asyncDispose]: async () => {
      await client.close().catch(() => {});
      await broker[Symbol.asyncDispose]();
    },
  };
}

const busy = () => millraceError('BUFFER_FULL', 'busy', { retryAfterMs: 1 });
/** One batch a record: the smallest batch size seals after each. */
const EACH_ALONE = { batchBytes: 128 };
const value = (index: number) => `${index}`.padStart(60, '0');

test('records come back with topic, partition and the offset that the broker gave', async () => {
  await using at = await setUp({ partitions: 3 });
  const deliveries = await Promise.all(
    ['a', 'b', 'c'].map((text) => at.producer.send({ topic: 't', partition: 2, value: text })),
  );
  assert.deepEqual(
    deliveries,
    [0, 1, 2].map((offset) => ({ topic: 't', partition: 2, offset })),
  );
  assert.deepEqual(at.broker.values(2), ['a', 'b', 'c']);
  assert.equal(at.broker.arrivals, 1, 'one batch');
});

test('every field of a record arrives: null and empty keys and values, headers, timestamp', async () => {
  await using at = await setUp();
  const headers = [
    { key: 'h', value: 'one' },
    { key: 'h', value: null },
    { key: '', value: Buffer.from([0xff, 0]) },
  ];
  await at.producer.send({ topic: 't', key: 'k', value: 'v', headers, timestampMs: 123 });
  await at.producer.send({ topic: 't', key: '', value: null });
  await at.producer.send({ topic: 't', value: Buffer.alloc(0) });
  const [full, tombstone, empty] = at.broker.records(0);
  assert.deepEqual([String(full?.key), String(full?.value), full?.timestamp], ['k', 'v', 123]);
  assert.deepEqual(
    full?.headers.map(({ key, value }) => [key, value === null ? null : value.toString('latin1')]),
    [
      ['h', 'one'],
      ['h', null],
      ['', '\xff\0'],
    ],
  );
  assert.deepEqual([tombstone?.key?.length, tombstone?.value], [0, null]);
  assert.deepEqual([empty?.key, empty?.value?.length], [null, 0]);
  assert.ok(Math.abs((empty?.timestamp ?? 0) - Date.now()) < 60_000);
});

test('batches of many partitions that are due together leave in one message', async () => {
  await using at = await setUp({ partitions: 50, lingerMs: 5 });
  await at.producer.send({ topic: 't', partition: 0, value: 'first, so that the topic is known' });
  at.broker.messages = [];
  await Promise.all(
    Array.from({ length: 50 }, (_, partition) =>
      at.producer.send({ topic: 't', partition, value: 'v' }),
    ),
  );
  assert.equal(at.broker.messages.length, 1);
  assert.equal(at.broker.messages[0]?.length, 50);
});

test('what is refused in the middle of a pipeline is sent again in order', async () => {
  await using at = await setUp({ ...EACH_ALONE, lingerMs: 0 });
  // From the third record on, until it comes again, everything is refused.
  let arrivalsOfThird = 0;
  at.broker.verdict = (_, __, batches) => {
    if (batches.includes(value(2))) arrivalsOfThird += 1;
    return arrivalsOfThird === 1 ? busy() : 'apply';
  };
  const sent = Array.from({ length: 30 }, (_, index) => value(index));
  const deliveries = await Promise.all(
    sent.map((text) => at.producer.send({ topic: 't', value: text })),
  );
  assert.deepEqual(at.broker.values(0), sent);
  assert.deepEqual(
    deliveries.map(({ offset }) => offset),
    sent.map((_, index) => index),
  );
});

test('a refused batch that a later one has overtaken fails as not applied, and order is kept', async () => {
  await using at = await setUp({ ...EACH_ALONE, lingerMs: 0, idempotence: false });
  at.broker.verdict = (_, arrival) => (arrival === 1 ? busy() : 'apply');
  const sent = Array.from({ length: 5 }, (_, index) => value(index));
  const results = await Promise.allSettled(
    sent.map((text) => at.producer.send({ topic: 't', value: text })),
  );
  const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  assert.deepEqual(
    failed.map(({ code, outcome }) => [code, outcome]),
    [['BUFFER_FULL', 'not-applied']],
  );
  assert.deepEqual(at.broker.values(0), [value(0), value(2), value(3), value(4)]);
});

test('without idempotence a broken connection leaves what was in flight with outcome unknown, and the rest goes on', async () => {
  await using at = await setUp({
    ...EACH_ALONE,
    lingerMs: 0,
    inFlightMax: 1,
    idempotence: false,
  });
  at.broker.verdict = (_, arrival) => (arrival === 1 ? 'break-after' : 'apply');
  const results = await Promise.allSettled(
    [0, 1, 2, 3].map((index) => at.producer.send({ topic: 't', value: value(index) })),
  );
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  );
  const [, lost] = results;
  assert.ok(lost?.status === 'rejected' && lost.reason instanceof MillraceError);
  assert.equal(lost.reason.code, 'UNAVAILABLE');
  assert.equal(lost.reason.outcome, 'unknown');
  assert.deepEqual(at.broker.values(0), [0, 1, 2, 3].map(value));
});

test('with retryUnknown in place of idempotence nothing is lost, though it may be doubled', async () => {
  await using at = await setUp({
    ...EACH_ALONE,
    lingerMs: 0,
    inFlightMax: 1,
    idempotence: false,
    retryUnknown: true,
  });
  at.broker.verdict = (_, arrival) =>
    arrival === 1 ? 'break-after' : arrival === 3 ? 'break-before' : 'apply';
  const sent = [0, 1, 2, 3].map(value);
  await Promise.all(sent.map((text) => at.producer.send({ topic: 't', value: text })));
  assert.deepEqual(at.broker.values(0), [value(0), value(1), value(1), value(2), value(3)]);
});

test('an error that no retry can help fails its batch at once and no other', async () => {
  await using at = await setUp({ ...EACH_ALONE, lingerMs: 0 });
  at.broker.verdict = (_, arrival) =>
    arrival === 1 ? millraceError('INVALID_RECORD', 'no') : 'apply';
  const results = await Promise.allSettled(
    [0, 1, 2].map((index) => at.producer.send({ topic: 't', value: value(index) })),
  );
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

test('a batch above the limit that the topic has now is split until it fits', async () => {
  await using at = await setUp({ partitions: 1, batchBytesMax: 100_000, lingerMs: 0 });
  await at.producer.send({ topic: 't', value: 'first' });
  at.broker.batchBytesMax = 1_000;
  const sent = Array.from({ length: 200 }, (_, index) => value(index));
  const deliveries = await Promise.all(
    sent.map((text) => at.producer.send({ topic: 't', value: text })),
  );
  assert.deepEqual(at.broker.values(0), ['first', ...sent]);
  assert.deepEqual(
    deliveries.map(({ offset }) => offset),
    sent.map((_, index) => index + 1),
  );
});

test('batches never exceed the limit of the topic; a record that does is refused before it is sent', async () => {
  await using at = await setUp({ batchBytesMax: 2_000, lingerMs: 0 });
  await Promise.all(
    Array.from({ length: 100 }, () => at.producer.send({ topic: 't', value: 'x'.repeat(500) })),
  );
  await assert.rejects(at.producer.send({ topic: 't', value: 'x'.repeat(3_000) }), {
    code: 'RECORD_TOO_LARGE',
    outcome: 'not-applied',
  });
  for (const batch of at.broker.logs[0] ?? []) assert.ok(batch.length <= 2_000);
});

test('time that runs out before anything was sent is not-applied, and says what it waited for', async () => {
  await using at = await setUp({ lingerMs: 0, deliveryTimeoutMs: 200 });
  at.broker.verdict = () =>
    millraceError('NOT_ENOUGH_REPLICAS', 'one replica is missing', { retryAfterMs: 30 });
  await assert.rejects(at.producer.send({ topic: 't', value: 'v' }), (error: MillraceError) => {
    assert.equal(error.outcome, 'not-applied');
    assert.match(error.message, /one replica is missing/);
    return true;
  });
});

test('send() waits while the buffer is full, and nothing is lost', async () => {
  await using at = await setUp({ bufferBytesMax: 10_000, batchBytes: 1_000, lingerMs: 0 });
  let most = 0;
  const sends = Array.from({ length: 1_000 }, async (_, index) => {
    await at.producer.send({ topic: 't', value: value(index) });
    most = Math.max(most, at.producer.bufferedBytes);
  });
  await Promise.all(sends);
  assert.equal(at.broker.records(0).length, 1_000);
  assert.ok(most < 12_000, `${most} bytes`);
  assert.equal(at.producer.bufferedBytes, 0);
});

test('append() says when the buffer is full, refuses to pass it, and ready() says when to go on', async () => {
  await using at = await setUp({ bufferBytesMax: 5_000, batchBytes: 1_000 });
  let appended = 0;
  while (at.producer.append({ topic: 't', value: value(appended++) }));
  assert.throws(() => at.producer.append({ topic: 't', value: 'v' }), {
    code: 'BUFFER_FULL',
    outcome: 'not-applied',
  });
  await at.producer.ready();
  assert.ok(at.producer.append({ topic: 't', value: value(appended++) }));
  await at.producer.flush();
  assert.deepEqual(
    at.broker.values(0),
    Array.from({ length: appended }, (_, index) => value(index)),
  );
});

test('what is appended without end is sent and acknowledged long before the buffer is full', async () => {
  const bufferBytesMax = 256 * 1024 * 1024;
  await using at = await setUp({ bufferBytesMax });
  let acknowledged = false;
  let appended = 0;
  while (!acknowledged && at.producer.bufferedBytes < bufferBytesMax / 4) {
    appended += 1;
    const room = at.producer.append({ topic: 't', value: '1234567' }, () => {
      acknowledged = true;
    });
    if (!room) await at.producer.ready();
  }
  assert.ok(acknowledged, `nothing was acknowledged after ${appended} records`);
  await at.producer.flush();
  assert.equal(at.broker.ends[0], appended);
});

test('buffers of a record may be used again at once, also before the topic is known', async () => {
  await using at = await setUp();
  const reused = Buffer.alloc(8);
  for (let index = 0; index < 10; index++) {
    reused.writeDoubleBE(index);
    at.producer.append({ topic: 't', value: reused });
    if (index === 5) await at.producer.flush();
  }
  await at.producer.flush();
  assert.deepEqual(
    at.broker.records(0).map(({ value }) => value?.readDoubleBE()),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
});

test('flush() throws an error that nobody else was told of, once', async () => {
  await using at = await setUp({ lingerMs: 1_000 });
  at.broker.verdict = () => millraceError('INVALID_RECORD', 'no');
  at.producer.append({ topic: 't', value: 'v' });
  await assert.rejects(at.producer.flush(), { code: 'INVALID_RECORD' });
  await at.producer.flush();
  let told: unknown;
  at.producer.append({ topic: 't', value: 'v' }, (error) => {
    told = error?.code;
  });
  await at.producer.flush();
  assert.equal(told, 'INVALID_RECORD');
});

test('a topic that does not exist fails its records at once and is asked for again later', async () => {
  await using at = await setUp();
  at.broker.unaryVerdict = () => millraceError('UNKNOWN_TOPIC', 'no topic t');
  await assert.rejects(at.producer.send({ topic: 't', value: 'v' }), {
    code: 'UNKNOWN_TOPIC',
    outcome: 'not-applied',
  });
  at.broker.unaryVerdict = () => 'serve';
  await at.producer.send({ topic: 't', value: 'v' });
});

test('records that never came into a batch are counted to onBatch, and flush() does not repeat their error', async () => {
  const told: BatchDelivery[] = [];
  await using at = await setUp({ onBatch: (delivery) => told.push(delivery) });
  at.broker.unaryVerdict = () => millraceError('UNKNOWN_TOPIC', 'no topic t');
  let called = 0;
  at.producer.append({ topic: 't', value: 'v' }, () => called++);
  at.producer.append({ topic: 't', value: 'v' });
  await at.producer.flush();
  assert.equal(called, 1);
  assert.deepEqual(
    told.map(({ partition, baseOffset, recordCount, error }) => [
      partition,
      baseOffset,
      recordCount,
      error?.code,
    ]),
    [[-1, -1, 2, 'UNKNOWN_TOPIC']],
  );
});

test('names of headers that are reserved are refused, before and after the topic is known', async () => {
  await using at = await setUp();
  const headers = [
    { key: 'mine', value: null },
    { key: 'millrace-retry', value: '1' },
  ];
  const refused = { code: 'INVALID_RECORD', outcome: 'not-applied', message: /millrace-retry/ };
  await assert.rejects(at.producer.send({ topic: 't', value: 'v', headers }), refused);
  await at.producer.send({ topic: 't', value: 'v', headers: [{ key: 'Millrace', value: null }] });
  assert.throws(() => at.producer.append({ topic: 't', value: 'v', headers }), refused);
  assert.deepEqual(at.broker.values(0), ['v']);
});

test('a topic that was deleted and made again is found under its new id', async () => {
  await using at = await setUp();
  await at.producer.send({ topic: 't', value: 'old' });
  at.broker.topicId = '22222222-2222-4222-8222-222222222222';
  await at.producer.send({ topic: 't', value: 'new' });
  assert.deepEqual(at.broker.values(0), ['old', 'new']);
});

test('without a data endpoint, or with one that leads nowhere, the given server takes the records', async () => {
  for (const dataEndpoint of ['none', { host: '127.0.0.1', port: 1 }] as const) {
    await using at = await setUp({ dataEndpoint });
    await at.producer.send({ topic: 't', value: 'v' });
    assert.deepEqual(at.broker.values(0), ['v']);
  }
});

test('compressed batches hold the same records', async () => {
  for (const compression of ['gzip', 'zstd'] as const) {
    await using at = await setUp({ compression });
    const sent = Array.from({ length: 500 }, (_, index) => value(index));
    await Promise.all(sent.map((text) => at.producer.send({ topic: 't', value: text })));
    assert.deepEqual(at.broker.values(0), sent);
    assert.ok((at.broker.logs[0]?.[0]?.length ?? 0) < 20_000);
  }
});

test('one callback per batch is enough to account for every record', async () => {
  const batches: BatchDelivery[] = [];
  await using at = await setUp({ partitions: 3, onBatch: (batch) => batches.push(batch) });
  for (let index = 0; index < 10_000; index++)
    at.producer.append({ topic: 't', value: value(index) });
  await at.producer.flush();
  const count = batches.reduce((sum, { recordCount }) => sum + recordCount, 0);
  assert.equal(count, 10_000);
  assert.equal(
    batches.some(({ error }) => error !== undefined),
    false,
  );
});

test('close() delivers what was appended; afterwards the producer refuses records', async () => {
  await using at = await setUp({ lingerMs: 10_000 });
  at.producer.append({ topic: 't', value: 'v' });
  await at.producer.close();
  assert.deepEqual(at.broker.values(0), ['v']);
  await assert.rejects(at.producer.send({ topic: 't', value: 'v' }), { code: 'CANCELLED' });
});

test('close() with a time-out fails what a silent broker does not answer', async () => {
  await using at = await setUp({ lingerMs: 0 });
  at.broker.verdict = () => 'ignore';
  const sent = at.producer.send({ topic: 't', value: 'v' });
  const failed = assert.rejects(sent, { code: 'CANCELLED', outcome: 'unknown' });
  await at.producer.close({ timeoutMs: 200 });
  await failed;
});

test('a record for a partition that does not exist, or of an impossible time, is refused', async () => {
  await using at = await setUp({ partitions: 2 });
  for (const partition of [-1, 2, 0.5, Number.NaN]) {
    await assert.rejects(at.producer.send({ topic: 't', partition, value: 'v' }), {
      code: 'UNKNOWN_PARTITION',
    });
  }
  for (const timestampMs of [-1, Number.NaN, 2 ** 60, 0.5]) {
    await assert.rejects(at.producer.send({ topic: 't', timestampMs, value: 'v' }), {
      code: 'INVALID_TIMESTAMP',
    });
  }
});

test('options out of their bounds are refused', () => {
  const client = new Millrace({ server: '127.0.0.1:1' });
  for (const options of [
    { lingerMs: -1 },
    { batchBytes: 0 },
    { inFlightMax: 6 },
    { deliveryTimeoutMs: Number.NaN },
  ]) {
    assert.throws(
      () => client.producer(options),
      { code: 'INVALID_REQUEST' },
      JSON.stringify(options),
    );
  }
});
