import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeBatch } from '@millrace/core/batchWriter';
import { MillraceError, millraceError } from '@millrace/core/errors';
import { partitionForKey } from '@millrace/core/murmur2';
import { MetadataCache } from '../src/metadataCache.ts';
import { Millrace } from '../src/millrace.ts';
import type { ProducerOptions } from '../src/producerOptions.ts';
import { TopicReplacedError } from '../src/topicReplacedError.ts';
import { TopicWatch } from '../src/topicWatch.ts';
import { FakeBroker, type FakeBrokerOptions, TOPIC_ID } from './fakeBroker.ts';
import { until } from './fakeCluster.ts';

const OTHER_ID = '22222222-2222-4222-8222-222222222222';
/** One batch a record. */
const EACH_ALONE = { batchBytes: 128, lingerMs: 0 };
const NEVER_MS = 10 * 60_000;

interface SetUpOptions extends FakeBrokerOptions, ProducerOptions {
  readonly metadataMaxAgeMs?: number;
}

async function setUp(options: SetUpOptions = {}) {
  const broker = await FakeBroker.start(options);
  const client = new Millrace({
    server: broker.server,
    metadataMaxAgeMs: options.metadataMaxAgeMs,
  });
  return {
    broker,
    client,
    producer: client.producer(options),
    [Symbol.asyncDispose]: async () => {
      await client.close().catch(() => {});
      await broker[Symbol.asyncDispose]();
    },
  };
}

/** A key that four partitions put elsewhere than one. */
function movedKey(): string {
  for (let index = 0; ; index++) {
    if (partitionForKey(Buffer.from(`key-${index}`), 4) !== 0) return `key-${index}`;
  }
}

const describes = (broker: FakeBroker) =>
  broker.unaries.filter((name) => name === 'DescribeTopic').length;

function fill(broker: FakeBroker, partition: number, values: readonly string[]): void {
  const records = values.map((value) => ({ key: null, value, timestamp: 1 }));
  broker.append(partition, encodeBatch(records));
}

test('a producer in use places keys by the partitions that were added, without being refused', async () => {
  await using at = await setUp({ metadataMaxAgeMs: 100, lingerMs: 0 });
  const key = movedKey();
  const send = () => at.producer.send({ topic: 't', key, value: 'v' });
  assert.equal((await send()).partition, 0);
  at.broker.partitions = 4;
  const wanted = partitionForKey(Buffer.from(key), 4);
  const addedMs = performance.now();
  while ((await send()).partition !== wanted) {
    assert.ok(performance.now() - addedMs < 20_000, 'not noticed');
  }
});

test('a record for a partition that was just added is sent at once, and in order', async () => {
  await using at = await setUp({ ...EACH_ALONE, metadataMaxAgeMs: NEVER_MS });
  await at.producer.send({ topic: 't', value: 'first' });
  at.broker.partitions = 3;
  const sent = Array.from({ length: 20 }, (_, index) => `${index}`);
  const deliveries = await Promise.all(
    sent.map((value) => at.producer.send({ topic: 't', partition: 2, value })),
  );
  assert.deepEqual(at.broker.values(2), sent);
  assert.ok(deliveries.every(({ partition }) => partition === 2));
  await assert.rejects(at.producer.send({ topic: 't', partition: 3, value: 'v' }), {
    code: 'UNKNOWN_PARTITION',
    outcome: 'not-applied',
  });
});

test('while the topic cannot be asked for, records go by what is known, and those ahead of it fail', async () => {
  await using at = await setUp({ lingerMs: 0, metadataMaxAgeMs: NEVER_MS });
  await at.producer.send({ topic: 't', value: 'first' });
  at.broker.unaryVerdict = () => millraceError('UNAUTHORIZED', 'not now');
  await assert.rejects(at.producer.send({ topic: 't', partition: 1, value: 'ahead' }), {
    code: 'UNAUTHORIZED',
    outcome: 'not-applied',
  });
  await at.producer.send({ topic: 't', partition: 0, value: 'known' });
  assert.deepEqual(at.broker.values(0), ['first', 'known']);
});

test('a topic that is not used is not asked for any more, and one that is used again is', async () => {
  await using at = await setUp();
  const cache = new MetadataCache(at.client.admin, 20);
  let dormant = 0;
  let learned = 0;
  const watch = new TopicWatch(cache, {
    learned: () => learned++,
    notLearned: (_, error) => assert.fail(error),
    dormant: () => dormant++,
  });
  await until(() => {
    watch.used('t');
    return learned > 0;
  }, 'kept young');
  await until(() => dormant === 1, 'dormant');
  const before = describes(at.broker);
  watch.refresh('t');
  await until(() => dormant === 2, 'dormant again');
  assert.ok(describes(at.broker) > before);
  watch.close();
});

test('a producer that comes back to a topic asks for it before it places the first record', async () => {
  await using at = await setUp({ metadataMaxAgeMs: 10, lingerMs: 0 });
  const key = movedKey();
  await at.producer.send({ topic: 't', key, value: 'v' });
  // Counted in turns, in each of which a topic in use could have been asked for.
  let asked = -1;
  let quietTurns = 0;
  await until(() => {
    const now = describes(at.broker);
    quietTurns = now === asked ? quietTurns + 1 : 0;
    asked = now;
    return quietTurns > 300;
  }, 'quiet');
  at.broker.partitions = 4;
  const { partition } = await at.producer.send({ topic: 't', key, value: 'v' });
  assert.equal(partition, partitionForKey(Buffer.from(key), 4));
});

test('a consumer of a whole topic reads partitions that are added from their first record', async () => {
  await using at = await setUp({ metadataMaxAgeMs: 100 });
  const seen: string[] = [];
  const consumption = at.client.consume({ topic: 't', from: 'latest' });
  const reading = (async () => {
    for await (const { partition, value } of consumption) {
      seen.push(`${partition}:${String(value)}`);
    }
  })();
  await until(() => at.broker.fetches === 1, 'fetched');
  fill(at.broker, 1, ['a', 'b']);
  fill(at.broker, 2, ['c']);
  at.broker.partitions = 3;
  await until(() => seen.length === 3, 'what the new partitions had');
  fill(at.broker, 0, ['old']);
  fill(at.broker, 2, ['d']);
  await until(() => seen.length === 5, 'what came later');
  consumption.close();
  await reading;
  assert.deepEqual(seen.toSorted(), ['0:old', '1:a', '1:b', '2:c', '2:d']);
  assert.equal(at.broker.fetching.size, 1, 'one connection');
});

test('a consumer with an end, or of partitions that it names, reads no others', async () => {
  await using at = await setUp({ metadataMaxAgeMs: 20 });
  fill(at.broker, 0, ['a']);
  for (const options of [
    { topic: 't', from: 'earliest', to: { offset: 2 } },
    { topic: 't', from: 'earliest', partitions: [{ partition: 0, to: { offset: 2 } }] },
  ] as const) {
    at.broker.partitions = 1;
    at.broker.logs[1] = [];
    at.broker.ends[1] = 0;
    const seen: string[] = [];
    const ended = (async () => {
      for await (const { partition, value } of at.client.consume(options)) {
        seen.push(`${partition}:${String(value)}`);
      }
    })();
    await until(() => seen.length > 0, 'the first record');
    at.broker.partitions = 2;
    fill(at.broker, 1, ['not asked for']);
    // Consumers of one client learn together: five times over, this one would have.
    const sibling = at.client.consume({ topic: 't', from: 'latest' });
    const reading = sibling.batches().next();
    const asked = describes(at.broker);
    await until(() => describes(at.broker) > asked + 5, 'asked for');
    sibling.close();
    await reading;
    fill(at.broker, 0, ['b']);
    await ended;
    assert.deepEqual(seen, ['0:a', '0:b']);
    at.broker.logs[0]?.pop();
    at.broker.ends[0] = 1;
  }
});

test('a consumer of a topic that is deleted and made again ends with an error that says so', async () => {
  await using at = await setUp({ metadataMaxAgeMs: NEVER_MS });
  fill(at.broker, 0, ['old']);
  const seen: string[] = [];
  await assert.rejects(
    async () => {
      for await (const { value } of at.client.consume({ topic: 't', from: 'earliest' })) {
        seen.push(String(value));
        at.broker.replaceTopic(OTHER_ID, 2);
        fill(at.broker, 0, ['new', 'new']);
        fill(at.broker, 1, ['new']);
      }
    },
    (error: unknown) => {
      assert.ok(error instanceof TopicReplacedError, String(error));
      assert.deepEqual(
        [error.code, error.topic, error.topicId, error.newTopicId],
        ['UNKNOWN_TOPIC', 't', TOPIC_ID, OTHER_ID],
      );
      return true;
    },
  );
  assert.deepEqual(seen, ['old']);
});

test('a consumer that was away while its topic was made again does not read the new one', async () => {
  await using at = await setUp({ partitions: 2 });
  fill(at.broker, 1, ['old']);
  const seen: string[] = [];
  const options = { topic: 't', partitions: [1], from: 'earliest' } as const;
  await assert.rejects(
    async () => {
      for await (const { value } of at.client.consume(options)) {
        seen.push(String(value));
        at.broker.breakData();
        at.broker.replaceTopic(OTHER_ID, 1);
        fill(at.broker, 0, ['new', 'new']);
      }
    },
    (error: unknown) => error instanceof TopicReplacedError,
  );
  assert.deepEqual(seen, ['old']);
});

test('a consumer whose topic is deleted ends; one whose broker has not heard of it yet waits', async () => {
  await using at = await setUp();
  fill(at.broker, 0, ['a']);
  let refusals = 0;
  at.broker.fetchVerdict = () =>
    refusals++ < 3 ? millraceError('UNKNOWN_TOPIC', 'never heard of it') : 'serve';
  const seen: string[] = [];
  await assert.rejects(
    async () => {
      for await (const { value } of at.client.consume({ topic: 't', from: 'earliest' })) {
        seen.push(String(value));
        at.broker.unaryVerdict = () => millraceError('UNKNOWN_TOPIC', 'no topic t');
        at.broker.replaceTopic(OTHER_ID, 1);
      }
    },
    (error: unknown) =>
      error instanceof MillraceError &&
      error.code === 'UNKNOWN_TOPIC' &&
      !(error instanceof TopicReplacedError),
  );
  assert.deepEqual(seen, ['a']);
});

test('a producer goes on with the topic that was made again, by its number of partitions', async () => {
  await using at = await setUp({ partitions: 4, lingerMs: 0, metadataMaxAgeMs: NEVER_MS });
  const key = movedKey();
  const before = await at.producer.send({ topic: 't', key, value: 'old' });
  assert.notEqual(before.partition, 0);
  at.broker.replaceTopic(OTHER_ID, 1);
  await at.producer.send({ topic: 't', partition: 0, value: 'new' });
  const after = await at.producer.send({ topic: 't', key, value: 'newer' });
  assert.deepEqual([after.partition, after.offset], [0, 1]);
  assert.deepEqual(at.broker.values(0), ['new', 'newer']);
  await assert.rejects(at.producer.send({ topic: 't', partition: 1, value: 'v' }), {
    code: 'UNKNOWN_PARTITION',
  });
});

test('what may be in the topic that is gone is not sent to the one that has its name', async () => {
  await using at = await setUp({
    ...EACH_ALONE,
    metadataMaxAgeMs: NEVER_MS,
  });
  await at.producer.send({ topic: 't', value: 'first' });
  at.broker.verdict = () => {
    at.broker.verdict = () => 'apply';
    at.broker.replaceTopic(OTHER_ID, 1);
    return 'break-before';
  };
  const doubtful = at.producer.send({ topic: 't', value: 'in doubt' });
  const refused = assert.rejects(doubtful, { code: 'UNKNOWN_TOPIC', outcome: 'unknown' });
  await refused;
  await at.producer.send({ topic: 't', value: 'new' });
  assert.deepEqual(at.broker.values(0), ['new']);
});

test('ages of metadata out of their bounds are refused', () => {
  for (const metadataMaxAgeMs of [0, -1, Number.NaN, 2 ** 31]) {
    assert.throws(() => new Millrace({ server: 'a:1', metadataMaxAgeMs }), {
      code: 'INVALID_REQUEST',
      message: /metadataMaxAgeMs/,
    });
  }
});
