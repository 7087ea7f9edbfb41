import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTopicConfig, resolveTopicConfig, topicConfigValues } from '../src/topicConfig.ts';

test('a topic without configuration has the defaults of the contract', () => {
  assert.deepEqual(resolveTopicConfig({}), {
    minInsyncReplicas: 1,
    durability: 'fsync',
    cleanupPolicy: 'delete',
    batchBytesMax: 1_048_576,
    segmentBytesMax: 268_435_456,
    segmentMsMax: 604_800_000,
    minCleanableDirtyRatio: 0.5,
    minCompactionLagMs: 0,
    indexIntervalBytes: 4096,
    retentionMs: 604_800_000,
    retentionBytes: undefined,
    tombstoneRetentionMs: 86_400_000,
    timestampAheadMsMax: 3_600_000,
  });
});

test('minInsyncReplicas follows the replication factor until it is given', () => {
  const resolved = (factor: number, given = {}) =>
    resolveTopicConfig(given, { replicationFactor: factor }).minInsyncReplicas;
  assert.deepEqual(
    [1, 2, 3, 5].map((factor) => resolved(factor)),
    [1, 1, 2, 2],
  );
  assert.equal(resolved(3, { minInsyncReplicas: '3' }), 3);
});

test('values that are stored resolve to the same configuration', () => {
  const given = {
    retentionMs: '-1',
    retentionBytes: '10GiB',
    durability: 'async',
    segmentMsMax: '1h',
  };
  const values = topicConfigValues(given, { replicationFactor: 3 });
  assert.equal(values['retentionMs'], 'none');
  assert.equal(values['retentionBytes'], String(10 * 2 ** 30));
  assert.equal(values['batchBytesMax'], '1048576');
  checkTopicConfig(values);
  assert.deepEqual(resolveTopicConfig(values), resolveTopicConfig(given, { replicationFactor: 3 }));
  assert.deepEqual(topicConfigValues(values), values);
});

test('what users give is checked by key and by value', () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ retentionMS: '1' }, /did you mean retentionMs/],
    [{ 'retention.ms': '1' }, /did you mean retentionMs/],
    [{ 'max.message.bytes': '1' }, /did you mean batchBytesMax/],
    [{ partitions: '3' }, /a field of the request/],
    [{ retentionMs: 'soon' }, /retentionMs: "soon" is not possible, a duration/],
    [{ retentionMs: '-2' }, /at least 0ms/],
    [{ durability: 'never' }, /one of fsync, async/],
    [{ batchBytesMax: '8MiB', segmentBytesMax: '1MiB' }, /batchBytesMax .* above segmentBytesMax/],
  ];
  for (const [given, message] of cases) {
    assert.throws(() => checkTopicConfig(given), { code: 'INVALID_CONFIG', message });
  }
  checkTopicConfig({ retentionMs: '' }, 'keys');
  assert.throws(() => checkTopicConfig({ retention: '' }, 'keys'), { code: 'INVALID_CONFIG' });
});

test('keys that a newer version stored are left alone', () => {
  assert.deepEqual(resolveTopicConfig({ keyOfTomorrow: 'x' }), resolveTopicConfig({}));
});
