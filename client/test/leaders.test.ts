import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeBatch } from '@millrace/core/batchWriter';
import { Millrace } from '../src/millrace.ts';
import type { ProducerOptions } from '../src/producerOptions.ts';
import { FakeCluster, until } from './fakeCluster.ts';

/** One batch a record. */
const EACH_ALONE = { batchBytes: 128, lingerMs: 0 };
const NEVER_MS = 10 * 60_000;
const value = (index: number) => `${index}`.padStart(60, '0');

async function setUp(options: ProducerOptions & { partitions: number; metadataMaxAgeMs?: number }) {
  const cluster = await FakeCluster.start(options);
  const { metadataMaxAgeMs = NEVER_MS } = options;
  const client = new Millrace({ server: cluster.server, metadataMaxAgeMs });
  return {
    cluster,
    client,
    producer: client.producer(options),
    [Symbol.asyncDispose]: async () => {
      await client.close().catch(() => {});
      await cluster[Symbol.asyncDispose]();
    },
  };
}

function fill(cluster: FakeCluster, partition: number, text: string): void {
  const records = [{ key: null, value: text, timestamp: 1 }];
  cluster.broker(cluster.leader(partition).leader).append(partition, encodeBatch(records));
}

test('records and fetches go to the leader of each partition, on one connection to each broker', async () => {
  await using at = await setUp({ partitions: 6 });
  const partitions = [0, 1, 2, 3, 4, 5];
  for (let round = 0; round < 3; round++) {
    await Promise.all(
      partitions.map((partition) => at.producer.send({ topic: 't', partition, value: 'v' })),
    );
  }
  let count = 0;
  for await (const _ of at.client.consume({ topic: 't', from: 'earliest', stopAtEnd: true })) {
    count += 1;
  }
  assert.equal(count, 18);
  assert.equal(at.cluster.refusals, 0);
  for (const { producing, fetching, messages } of at.cluster.brokers) {
    assert.deepEqual([producing.size, fetching.size], [1, 1]);
    assert.ok(messages.length > 0);
  }
});

test('a leader that a broker names is followed at once, and old metadata does not lead back', async () => {
  await using at = await setUp({ partitions: 1, ...EACH_ALONE, metadataMaxAgeMs: 20 });
  await at.producer.send({ topic: 't', value: value(0) });
  at.cluster.described = () => ({ leader: 0, leaderEpoch: 1 });
  at.cluster.move(0, 1);
  await at.producer.send({ topic: 't', value: value(1) });
  const asked = () =>
    at.cluster.brokers.flatMap(({ unaries }) => unaries).filter((name) => name === 'DescribeTopic');
  const before = asked().length;
  const sent = [value(0), value(1)];
  while (asked().length < before + 10) {
    const text = value(sent.length);
    sent.push(text);
    await at.producer.send({ topic: 't', value: text });
    // Answers come also while nothing is in flight.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(at.cluster.refusals, 1);
  assert.deepEqual(at.cluster.broker(1).values(0), sent);
});

test('where nobody names the leader it is asked for', async () => {
  await using at = await setUp({ partitions: 1, ...EACH_ALONE });
  at.cluster.hints = 'none';
  await at.producer.send({ topic: 't', value: value(0) });
  at.cluster.move(0, 1);
  await at.producer.send({ topic: 't', value: value(1) });
  assert.equal(at.cluster.refusals, 1);
  assert.deepEqual(at.cluster.broker(1).values(0), [value(0), value(1)]);
});

test('what a broker says of the leader may be wrong, too', async () => {
  await using at = await setUp({ partitions: 1, ...EACH_ALONE });
  await at.producer.send({ topic: 't', value: value(0) });
  // Both name the other one for a while.
  at.cluster.described = () => ({ leader: 0, leaderEpoch: 1 });
  at.cluster.leaders[0] = { leader: 1, leaderEpoch: 2 };
  const second = at.cluster.broker(1);
  let refusals = 0;
  second.verdict = (partition) => {
    if (refusals++ >= 3) return at.cluster.verdict(second, partition) ?? 'apply';
    at.cluster.leaders[0] = { leader: 0, leaderEpoch: 2 };
    const wrong = at.cluster.verdict(second, partition);
    at.cluster.leaders[0] = { leader: 1, leaderEpoch: 2 };
    return wrong ?? 'apply';
  };
  await at.producer.send({ topic: 't', value: value(1) });
  assert.deepEqual(second.values(0), [value(0), value(1)]);
});

test('a partition keeps its order while its leader moves under a full pipeline', async () => {
  for (const hints of ['leader', 'none'] as const) {
    await using at = await setUp({ partitions: 2, ...EACH_ALONE });
    at.cluster.hints = hints;
    let arrivals = 0;
    let moves = 0;
    for (const broker of at.cluster.brokers) {
      broker.verdict = (partition) => {
        // In the middle of what is in flight: the rest of it comes to a broker that does not lead any more.
        if (++arrivals % 23 === 0 && moves < 20) {
          moves += 1;
          at.cluster.move(partition, 1 - at.cluster.leader(partition).leader);
        }
        return at.cluster.verdict(broker, partition) ?? 'apply';
      };
    }
    const sent = Array.from({ length: 400 }, (_, index) => value(index));
    await Promise.all(
      sent.map((text, index) =>
        at.producer.send({ topic: 't', partition: index % 2, value: text }),
      ),
    );
    assert.ok(moves >= 17, `${moves} moves, hints ${hints}`);
    assert.ok(at.cluster.refusals >= moves);
    for (const partition of [0, 1]) {
      const expected = sent.filter((_, index) => index % 2 === partition);
      assert.deepEqual(at.cluster.broker(0).values(partition), expected, `hints ${hints}`);
    }
    for (const { producing } of at.cluster.brokers) assert.ok(producing.size <= 1);
  }
});

test('a consumer follows its partitions from broker to broker, nothing lost or doubled', async () => {
  for (const hints of ['leader', 'none'] as const) {
    const partitions = 20;
    await using at = await setUp({ partitions });
    at.cluster.hints = hints;
    const expected: string[] = [];
    let filled = 0;
    const fillAll = (): void => {
      for (let partition = 0; partition < partitions; partition++) {
        expected.push(`${partition}:${filled}`);
        fill(at.cluster, partition, `${filled}`);
      }
      filled += 1;
    };
    fillAll();
    const seen: string[] = [];
    for await (const record of at.client.consume({ topic: 't', from: 'earliest' })) {
      seen.push(`${record.partition}:${String(record.value)}`);
      if (seen.length < expected.length) continue;
      if (filled === 6) break;
      const to = filled % 2;
      for (let partition = 0; partition < partitions; partition++) at.cluster.move(partition, to);
      fillAll();
    }
    assert.deepEqual(seen.toSorted(), expected.toSorted(), `hints ${hints}`);
    let calls = 0;
    for (const { fetchCalls, fetching } of at.cluster.brokers) {
      calls += fetchCalls;
      // It leaves and comes back: a connection goes with the last partition that it reads.
      assert.ok(fetching.size <= 5, `${fetching.size} connections`);
    }
    // Partitions that move together are asked for together.
    assert.ok(calls <= (filled * partitions) / 2, `${calls} calls`);
  }
});

test('partitions that come to a broker one after the other are read on one connection', async () => {
  await using at = await setUp({ partitions: 12 });
  const consumption = at.client.consume({ topic: 't', from: 'earliest' });
  const seen = new Set<string>();
  const reading = (async () => {
    for await (const { partition, value: text } of consumption) {
      seen.add(`${partition}:${String(text)}`);
    }
  })();
  for (let partition = 0; partition < 12; partition += 2) {
    fill(at.cluster, partition, 'before');
    await until(() => seen.has(`${partition}:before`), 'read at the first broker');
    at.cluster.move(partition, 1);
    fill(at.cluster, partition, 'after');
    await until(() => seen.has(`${partition}:after`), 'read at the second broker');
  }
  consumption.close();
  await reading;
  assert.equal(at.cluster.broker(1).fetching.size, 1);
});

test('a broker that came back is gone to directly once the one in between names it', async () => {
  await using at = await setUp({ partitions: 2, ...EACH_ALONE, deliveryTimeoutMs: 20_000 });
  const second = at.cluster.broker(1);
  second.dataEndpoint = { host: '127.0.0.1', port: 1 };
  const first = at.cluster.broker(0);
  // It takes what is sent for the other one, does not pass it on, and says so.
  let refused = 0;
  first.verdict = (partition) => {
    const verdict = at.cluster.verdict(first, partition);
    if (verdict === undefined) return 'apply';
    refused += 1;
    second.dataEndpoint = undefined;
    return verdict;
  };
  await at.producer.send({ topic: 't', partition: 1, value: value(1) });
  assert.ok(refused > 0, 'there was a detour');
  assert.ok(second.producing.size > 0);
  const { producing } = first;
  const connections = producing.size;
  await at.producer.send({ topic: 't', partition: 1, value: value(2) });
  assert.equal(producing.size, connections);
  assert.deepEqual(second.values(1), [value(1), value(2)]);
});

test('a leader that metadata names is gone to from a detour that never runs dry', async () => {
  await using at = await setUp({ partitions: 2, ...EACH_ALONE, metadataMaxAgeMs: 40 });
  const [first, second] = [at.cluster.broker(0), at.cluster.broker(1)];
  second.dataEndpoint = { host: '127.0.0.1', port: 1 };
  // It passes on what is for the other one, and answers only while more is on its way.
  first.verdict = () => 'apply';
  const sent: string[] = [];
  let unanswered = 0;
  let ending = false;
  const writing = (async () => {
    while (!ending || unanswered > 0) {
      while (!ending && unanswered < 40) {
        const text = value(sent.length);
        sent.push(text);
        unanswered += 1;
        at.producer.append({ topic: 't', partition: 1, value: text }, () => {
          unanswered -= 1;
        });
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await until(() => first.values(1).length > 100, 'what is sent goes by the detour');
  const { producing } = first;
  const connections = new Set(producing);
  at.cluster.move(1, 0);
  await until(() => producing.size > connections.size, 'the way is the direct one');
  ending = true;
  await writing;
  assert.equal(at.cluster.refusals, 0);
  assert.deepEqual(first.values(1), sent);
});

test('a broker that leads anew is gone to directly where that was possible once', async () => {
  await using at = await setUp({ partitions: 2, ...EACH_ALONE, metadataMaxAgeMs: 40 });
  const [first, second] = [at.cluster.broker(0), at.cluster.broker(1)];
  const sent: string[] = [];
  const sendUntil = async (condition: () => boolean): Promise<void> => {
    const deadlineMs = performance.now() + 20_000;
    while (!condition()) {
      assert.ok(performance.now() < deadlineMs);
      sent.push(value(sent.length));
      await at.producer.send({ topic: 't', partition: 1, value: sent.at(-1) ?? '' });
    }
  };
  await sendUntil(() => second.producing.size === 1);
  await second.closeData();
  // It passes on what is for the other one.
  first.verdict = () => 'apply';
  await sendUntil(() => first.producing.size === 1);
  at.cluster.move(1, 0);
  await sendUntil(() => first.producing.size === 2);
  // The stream that was opened by the detour is still there.
  await second.openData();
  at.cluster.move(1, 1);
  await sendUntil(() => second.producing.size === 2);
  assert.equal(at.cluster.refusals, 0);
  assert.deepEqual(second.values(1), sent);
});
