/** Fetch requests that are wrong in ways one can name: each is answered by the error that says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '@millrace/core/errors';
import { decodeFetchResponse } from '@millrace/core/messages/fetch';
import { encodeFetchRequest } from '@millrace/core/messages/fetchRequest';
import { check, hostileTarget, refused, TOPIC } from './hostileTarget.ts';
import { rawCall } from './rawCall.ts';
import { unary } from './stockClient.ts';

const FETCH = '/millrace.v1.Consumer/Fetch';
const target = hostileTarget();

test('Fetch refuses every wrong request with its error, on both listeners', async () => {
  const { healthy, listeners } = target();
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

test('ListOffsets, FetchOnce and OffsetForLeaderEpoch refuse what is out of range', async () => {
  const { stock, healthy } = target();
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
  const { stock } = target();
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
