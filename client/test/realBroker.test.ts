import assert from 'node:assert/strict';
import test from 'node:test';
import { Millrace } from '../src/millrace.ts';
import { type BrokerProcess, startBrokerProcess } from './brokerProcess.ts';

async function withBroker(
  scenario: (at: { client: Millrace; broker: BrokerProcess }) => Promise<void>,
): Promise<void> {
  await using broker = await startBrokerProcess();
  const client = new Millrace({ server: broker.server });
  try {
    await scenario({ client, broker });
  } finally {
    await client.close().catch(() => {});
  }
}

test('topics are created, described, altered, listed and deleted', async () => {
  await withBroker(async ({ client: { admin } }) => {
    const created = await admin.createTopic({
      name: 'a',
      partitions: 2,
      config: { retentionMs: '1d' },
    });
    assert.equal(created.existed, false);
    assert.equal(
      (await admin.createTopic({ name: 'a', partitions: 2, config: { retentionMs: '1d' } }))
        .existed,
      true,
    );
    await assert.rejects(admin.createTopic({ name: 'a', partitions: 3 }), { code: 'TOPIC_EXISTS' });
    await assert.rejects(admin.createTopic({ name: '../x' }), { code: 'INVALID_TOPIC_NAME' });
    await assert.rejects(admin.createTopic({ name: 'b', config: { nonsense: '1' } }), {
      code: 'INVALID_CONFIG',
    });

    const described = await admin.describeTopic('a');
    assert.equal(described.topicId, created.topic.topicId);
    assert.equal(described.partitionDetails.length, 2);
    assert.equal(described.config.find(({ key }) => key === 'retentionMs')?.source, 'topic');
    const altered = await admin.alterTopic({
      topic: 'a',
      partitions: 4,
      configUnset: ['retentionMs'],
    });
    assert.equal(altered.partitions, 4);

    for (let index = 0; index < 5; index++) await admin.createTopic({ name: `page-${index}` });
    const names = (await admin.listTopics({ pageSize: 2 })).map(({ name }) => name);
    assert.deepEqual(names.toSorted(), ['a', ...[0, 1, 2, 3, 4].map((index) => `page-${index}`)]);
    assert.equal(await admin.deleteTopic('a'), created.topic.topicId);
    await assert.rejects(admin.describeTopic('a'), { code: 'UNKNOWN_TOPIC' });
    const [broker] = await admin.describeBrokers();
    assert.equal(broker?.brokerId, 0);
    assert.ok(broker.endpoints.some(({ listener }) => listener === 'data'));
  });
});

test('what is produced is consumed: every field, every compression, in order per partition', async () => {
  await withBroker(async ({ client }) => {
    for (const compression of ['none', 'gzip', 'zstd'] as const) {
      await client.admin.createTopic({ name: compression, partitions: 3 });
      const producer = client.producer({ compression, lingerMs: 1, batchBytes: 4_000 });
      const headers = [
        { key: 'h', value: 'x' },
        { key: 'h', value: null },
      ];
      const deliveries = await Promise.all(
        Array.from({ length: 2_000 }, (_, index) =>
          producer.send({
            topic: compression,
            key: index % 3 === 0 ? null : `key-${index % 50}`,
            value: index % 7 === 0 ? null : `value-${index}`,
            headers: index % 2 === 0 ? headers : [],
            timestampMs: 1_000 + index,
          }),
        ),
      );
      const expected = new Map(
        deliveries.map(({ partition, offset }, index) => [`${partition}/${offset}`, index]),
      );
      assert.equal(expected.size, 2_000);
      let count = 0;
      const lastOf = new Map<string, number>();
      for await (const record of client.consume({
        topic: compression,
        from: 'earliest',
        stopAtEnd: true,
      })) {
        const index = expected.get(`${record.partition}/${record.offset}`) ?? -1;
        const key = record.key === null ? null : String(record.key);
        assert.equal(key, index % 3 === 0 ? null : `key-${index % 50}`);
        assert.equal(
          record.value === null ? null : String(record.value),
          index % 7 === 0 ? null : `value-${index}`,
        );
        assert.equal(record.headers.length, index % 2 === 0 ? 2 : 0);
        assert.equal(record.timestampMs, 1_000 + index);
        if (key !== null) {
          assert.ok((lastOf.get(key) ?? -1) < index);
          lastOf.set(key, index);
        }
        count += 1;
      }
      assert.equal(count, 2_000);
    }
  });
});

test('offsets by time and ranges by time agree', async () => {
  await withBroker(async ({ client }) => {
    await client.admin.createTopic({ name: 't', partitions: 1 });
    const producer = client.producer();
    for (let batch = 0; batch < 5; batch++) {
      await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          producer.send({ topic: 't', value: 'v', timestampMs: 1_000 * (batch * 10 + index) }),
        ),
      );
    }
    const [found] = await client.admin.listOffsets('t', { timestampMs: 23_500 });
    assert.deepEqual([found?.offset, found?.timestampMs], [24, 24_000]);
    const offsets: number[] = [];
    const from = { timestampMs: 12_000 };
    const to = { timestampMs: 24_500 };
    for await (const { offset } of client.consume({ topic: 't', from, to })) offsets.push(offset);
    assert.deepEqual(
      offsets,
      Array.from({ length: 13 }, (_, index) => 12 + index),
    );
    const [latest] = await client.admin.listOffsets('t', 'latest');
    assert.equal(latest?.offset, 50);
  });
});

test('a full pipeline of large batches arrives unharmed: buffers are used again only once they are free', async () => {
  await withBroker(async ({ client }) => {
    await client.admin.createTopic({ name: 't', partitions: 4, config: { durability: 'async' } });
    const producer = client.producer({ batchBytes: 64 * 1024 });
    const count = 60_000;
    const value = Buffer.alloc(1_000);
    for (let index = 0; index < count; index++) {
      value.fill(index & 0xff);
      value.writeUInt32BE(index, 0);
      if (!producer.append({ topic: 't', value })) await producer.ready();
    }
    await producer.flush();
    const seen = new Set<number>();
    for await (const { records } of client
      .consume({ topic: 't', from: 'earliest', stopAtEnd: true })
      .batches()) {
      for (const { value: read } of records) {
        assert.equal(read?.length, 1_000);
        const index = read.readUInt32BE(0);
        seen.add(index);
        assert.ok(read[4] === (index & 0xff) && read[999] === (index & 0xff));
      }
    }
    assert.equal(seen.size, count);
  });
});

test('a broker that stops cleanly answers what is in flight, and clients go on when it is back', async (t) => {
  const first = await startBrokerProcess();
  t.after(() => first[Symbol.asyncDispose]());
  const client = new Millrace({ server: first.server });
  t.after(() => client.close().catch(() => {}));
  await client.admin.createTopic({ name: 't', partitions: 1 });
  const producer = client.producer({ lingerMs: 0 });
  await producer.send({ topic: 't', value: 'before' });
  const sends: Promise<unknown>[] = [];
  const sending = setInterval(() => sends.push(producer.send({ topic: 't', value: 'v' })), 1);
  const exitCode = await first.stop();
  const second = await startBrokerProcess({ dataDir: first.dataDir, ports: first.ports });
  t.after(() => second[Symbol.asyncDispose]());
  clearInterval(sending);
  await Promise.all(sends);
  assert.equal(exitCode, 0);
  const [end] = await client.admin.listOffsets('t', 'latest');
  assert.equal(end?.offset, sends.length + 1, 'each once');
});

test('through the one address of listener client everything works as well', async () => {
  await withBroker(async ({ client }) => {
    // As if the broker advertised an address that only its own network knows.
    const cluster = await client.admin.describeCluster();
    client.admin.describeCluster = async () => ({
      ...cluster,
      brokers: cluster.brokers.map((described) => ({
        ...described,
        endpoints: [{ listener: 'data', protocol: 'grpc', host: '127.0.0.1', port: 1, tls: false }],
      })),
    });
    await client.admin.createTopic({ name: 't', partitions: 2 });
    const producer = client.producer();
    const value = Buffer.alloc(10_000, 7);
    const count = 3_000;
    for (let index = 0; index < count; index++) {
      if (!producer.append({ topic: 't', key: `${index}`, value })) await producer.ready();
    }
    await producer.flush();
    let read = 0;
    for await (const record of client.consume({ topic: 't', from: 'earliest', stopAtEnd: true })) {
      assert.deepEqual(record.value, value);
      read += 1;
    }
    assert.equal(read, count);
  });
});
