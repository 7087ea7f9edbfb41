/** Admin requests that are wrong in ways one can name: each is answered by the error that says so, and changes nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostileTarget, refused, TOPIC } from './hostileTarget.ts';
import { unary } from './stockClient.ts';

const target = hostileTarget();

test('Admin refuses names, numbers and settings that are none', async () => {
  const { stock, healthy } = target();
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
    { cleanupPolicy: 'compost' },
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
