import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeBatch } from '@millrace/core/batchWriter';
import { millraceError } from '@millrace/core/errors';
import type { ConsumeOptions } from '../src/consumeOptions.ts';
import { Millrace } from '../src/millrace.ts';
import { FakeBroker, type FakeBrokerOptions } from './fakeBroker.ts';

async function setUp(options: FakeBrokerOptions = {}) {
  const broker = await FakeBroker.start(options);
  const client = new Millrace({ server: broker.server });
  return {
    broker,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await broker[Symbol.asyncDispose]();
    },
  };
}

type SetUp = Awaited<ReturnType<typeof setUp>>;

function fill(broker: FakeBroker, partition: number, count: number): void {
  for (let index = 0; index < count; index += 2) {
    const records = [index, index + 1].map((value) => ({
      key: null,
      value: `${value}`,
      timestamp: 1,
    }));
    broker.append(partition, encodeBatch(records));
  }
}

async function collect(at: SetUp, options: Partial<ConsumeOptions>): Promise<string[]> {
  const values: string[] = [];
  for await (const { partition, value } of at.client.consume({ topic: 't', ...options })) {
    values.push(`${partition}:${String(value)}`);
  }
  return values;
}

const range = (partition: number, from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${partition}:${from + index}`);

test('a range of offsets is delivered exactly, also from the middle of a batch', async () => {
  await using at = await setUp();
  fill(at.broker, 0, 20);
  assert.deepEqual(await collect(at, { from: 'earliest', stopAtEnd: true }), range(0, 0, 20));
  assert.deepEqual(await collect(at, { from: { offset: 5 }, to: { offset: 12 } }), range(0, 5, 12));
  assert.deepEqual(await collect(at, { from: { offset: 7 }, stopAtEnd: true }), range(0, 7, 20));
  assert.deepEqual(await collect(at, { from: 'latest', stopAtEnd: true }), []);
  assert.deepEqual(await collect(at, { from: { offset: 3 }, to: { offset: 3 } }), []);
  assert.deepEqual(await collect(at, { from: 'earliest', to: { timestampMs: 1 } }), range(0, 0, 3));
});

test('each partition has its own range', async () => {
  await using at = await setUp({ partitions: 3 });
  for (const partition of [0, 1, 2]) fill(at.broker, partition, 10);
  const partitions = [
    { partition: 0, from: { offset: 8 } },
    { partition: 2, to: { offset: 3 } },
  ];
  const values = await collect(at, { partitions, from: 'earliest', stopAtEnd: true });
  assert.deepEqual(values.toSorted(), [...range(0, 8, 10), ...range(2, 0, 3)]);
});

test('following, records arrive as they are appended, until the loop is left', async () => {
  await using at = await setUp();
  const seen: string[] = [];
  fill(at.broker, 0, 2);
  for await (const { value } of at.client.consume({ topic: 't', from: 'earliest' })) {
    seen.push(String(value));
    if (seen.length === 2) fill(at.broker, 0, 4);
    if (seen.length === 6) break;
  }
  assert.deepEqual(seen, ['0', '1', '0', '1', '2', '3']);
});

test('a consumer that lost its connection goes on behind the last record, nothing lost or doubled', async () => {
  await using at = await setUp({ partitions: 2 });
  fill(at.broker, 0, 10);
  fill(at.broker, 1, 10);
  const seen: string[] = [];
  let breaks = 0;
  for await (const { partition, offset } of at.client.consume({ topic: 't', from: 'earliest' })) {
    seen.push(`${partition}:${offset}`);
    if (seen.length % 20 === 0) {
      if (breaks === 3) break;
      breaks += 1;
      at.broker.breakData();
      fill(at.broker, 0, 10);
      fill(at.broker, 1, 10);
    }
  }
  assert.deepEqual(seen.toSorted(), [...range(0, 0, 40), ...range(1, 0, 40)].toSorted());
});

test('with stopAtEnd the end is that of the beginning, even over a lost connection', async () => {
  await using at = await setUp();
  fill(at.broker, 0, 10);
  const seen: string[] = [];
  const consumption = at.client.consume({
    topic: 't',
    from: 'earliest',
    stopAtEnd: true,
    queueBytesMax: 1,
  });
  for await (const { offset } of consumption) {
    if (seen.push(`0:${offset}`) === 1) {
      fill(at.broker, 0, 10);
      at.broker.breakData();
    }
  }
  assert.deepEqual(seen, range(0, 0, 10));
});

test('an offset outside the log is an error, or what the user chose', async () => {
  await using at = await setUp();
  fill(at.broker, 0, 10);
  at.broker.logStart[0] = 4;
  at.broker.logs[0]?.splice(0, 2);
  await assert.rejects(collect(at, { from: { offset: 1 }, stopAtEnd: true }), {
    code: 'OFFSET_OUT_OF_RANGE',
    message: /t partition 0: /,
  });
  assert.deepEqual(
    await collect(at, { from: { offset: 1 }, stopAtEnd: true, onOutOfRange: 'earliest' }),
    range(0, 4, 10),
  );
  assert.deepEqual(
    await collect(at, { from: { offset: 99 }, stopAtEnd: true, onOutOfRange: 'latest' }),
    [],
  );
});

test('a partition that fails for a while is read again, the others are not held up', async () => {
  await using at = await setUp({ partitions: 2 });
  fill(at.broker, 0, 4);
  fill(at.broker, 1, 4);
  at.broker.fetchVerdict = ({ partition }, arrival) =>
    partition === 1 && arrival < 4 ? millraceError('NOT_LEADER', 'moving') : 'serve';
  const values = await collect(at, { from: 'earliest', stopAtEnd: true });
  assert.deepEqual(values, [...range(0, 0, 4), ...range(1, 0, 4)]);
});

test('what cannot be read for too long is an error that names partition and cause', async () => {
  await using at = await setUp();
  at.broker.fetchVerdict = () =>
    millraceError('PARTITION_OFFLINE', 'disk gone', { retryAfterMs: 5 });
  await assert.rejects(collect(at, { from: 'earliest', unreachableMsMax: 50 }), {
    code: 'PARTITION_OFFLINE',
    message: /t partition 0: .*disk gone/,
  });
});

test('a fatal error comes after the records that were received before it', async () => {
  await using at = await setUp();
  fill(at.broker, 0, 4);
  at.broker.fetchVerdict = (_, arrival) =>
    arrival === 0 ? 'serve' : millraceError('UNAUTHORIZED', 'not any more');
  const seen: number[] = [];
  await assert.rejects(
    async () => {
      for await (const { offset } of at.client.consume({ topic: 't', from: 'earliest' })) {
        seen.push(offset);
        if (offset === 0) at.broker.breakData();
      }
    },
    { code: 'UNAUTHORIZED' },
  );
  assert.deepEqual(seen, [0, 1, 2, 3]);
});

test('a slow consumer holds a bounded number of bytes', async () => {
  await using at = await setUp();
  const value = Buffer.alloc(100_000);
  for (let index = 0; index < 300; index++) {
    at.broker.append(0, encodeBatch([{ key: null, value, timestamp: 1 }]));
  }
  let count = 0;
  let most = 0;
  const consumption = at.client.consume({
    topic: 't',
    from: 'earliest',
    stopAtEnd: true,
    queueBytesMax: 200_000,
  });
  for await (const { value } of consumption) {
    count += 1;
    assert.equal(value?.length, 100_000);
    // Reading goes on meanwhile.
    if (count < 10) await new Promise((resolve) => setTimeout(resolve, 5));
    most = Math.max(most, consumption.bufferedBytes);
  }
  assert.equal(count, 300);
  // One reply may pass the limit.
  assert.ok(most > 0 && most < 200_000 + 110_000, `${most} bytes`);
});

test('unknown topics, unknown partitions and impossible positions are refused', async () => {
  await using at = await setUp({ partitions: 2 });
  await assert.rejects(collect(at, { partitions: [2] }), { code: 'UNKNOWN_PARTITION' });
  at.broker.unaryVerdict = () => millraceError('UNKNOWN_TOPIC', 'no');
  await assert.rejects(collect(at, { topic: 'other' }), { code: 'UNKNOWN_TOPIC' });
  for (const options of [
    { from: { offset: -1 } },
    { to: { timestampMs: Number.NaN } },
    { partitions: [] },
    { partitions: [1, 1] },
    { queueBytesMax: 0 },
  ]) {
    assert.throws(() => at.client.consume({ topic: 't', ...options }), { code: 'INVALID_REQUEST' });
  }
});

test('close() ends an iteration that waits', async () => {
  await using at = await setUp();
  const consumption = at.client.consume({ topic: 't', from: 'latest' });
  const iteration = collect(at, {}).catch(() => []);
  const iterator = consumption[Symbol.asyncIterator]();
  const next = iterator.next();
  consumption.close();
  assert.equal((await next).done, true);
  await at.client.close();
  assert.deepEqual(await iteration, []);
});
