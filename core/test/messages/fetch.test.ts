import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeFetchResponse,
  encodeFetchResponse,
  type FetchEntryMessage,
  type FetchResponseMessage,
} from '@millrace/core/messages/fetch';
import {
  decodeFetchRequest,
  encodeFetchRequest,
  type FetchPartitionMessage,
  type FetchRequestMessage,
} from '@millrace/core/messages/fetchRequest';
import fc from 'fast-check';
import * as any from './arbitraries.ts';
import { implicit, loadedMessage, optional } from './protoLoader.ts';

const loadedRequest = loadedMessage('FetchRequest');
const loadedResponse = loadedMessage('FetchResponse');

const partition: fc.Arbitrary<FetchPartitionMessage> = fc
  .tuple(
    fc.oneof(any.row({ topicId: any.text }), any.row({ topicName: any.text }), fc.constant({})),
    fc.oneof(
      any.row({ offset: any.int64 }),
      any.row({ timestampMs: any.int64 }),
      any.row({ position: fc.nat(2) }),
      fc.constant({}),
    ),
    any.row({
      partition: any.maybe(any.int32),
      endOffset: any.maybe(any.int64),
      lastLeaderEpoch: any.maybe(any.int32),
    }),
  )
  .map(([topic, start, rest]) => ({ ...topic, ...start, ...rest }));

const request: fc.Arbitrary<FetchRequestMessage> = any.row({
  partitions: any.few(partition),
  format: fc.nat(2),
  isolation: fc.nat(2),
  stopAtEnd: fc.boolean(),
  messageBytesMax: any.uint32,
});

const entry: fc.Arbitrary<FetchEntryMessage> = any.row({
  topicId: any.text,
  partition: any.int32,
  leaderEpoch: any.int32,
  highWatermark: any.int64,
  lastStable: any.int64,
  logStart: any.int64,
  localStart: any.int64,
  nextOffset: any.int64,
  end: fc.boolean(),
  error: any.maybe(any.error),
  records: any.few(any.record),
  batches: any.few(any.bytes),
});

const response: fc.Arbitrary<FetchResponseMessage> = any.row({
  entries: any.few(entry),
  throttleMs: any.uint32,
});

function requestObject({ partitions, ...rest }: FetchRequestMessage): object {
  return { ...implicit(rest), ...implicit({ partitions: partitions.map(optional) }) };
}

function responseObject({ entries, throttleMs }: FetchResponseMessage): object {
  const objects = entries.map(({ error, records, batches, ...facts }) => ({
    ...implicit({ ...facts, records: records.map(any.loadedRecord) }),
    ...(error === undefined ? {} : { error: any.loadedError(error) }),
    ...(Buffer.concat(batches).length === 0 ? {} : { batches: Buffer.concat(batches) }),
  }));
  return implicit({ entries: objects, throttleMs });
}

/** Batches as one buffer, errors by what travels of them. */
function responseFacts({ entries, throttleMs }: FetchResponseMessage): unknown {
  const facts = entries.map(({ error, batches, ...rest }) => ({
    ...rest,
    batches: Buffer.concat(batches),
    error: any.errorFacts(error),
  }));
  return { facts, throttleMs };
}

test('a fetch request has the bytes that proto-loader gives it, and both read them alike', () => {
  fc.assert(
    fc.property(request, (message) => {
      const object = requestObject(message);
      const bytes = Buffer.concat(encodeFetchRequest(message));
      assert.equal(bytes.toString('hex'), loadedRequest.encode(object).toString('hex'));
      assert.deepEqual(loadedRequest.decode(bytes), object);
      const decoded = decodeFetchRequest(bytes);
      assert.deepEqual(requestObject(decoded), object);
    }),
  );
});

test('a fetch response has the bytes that proto-loader gives it, and both read them alike', () => {
  fc.assert(
    fc.property(response, (message) => {
      const object = responseObject(message);
      const bytes = Buffer.concat(encodeFetchResponse(message));
      assert.equal(bytes.toString('hex'), loadedResponse.encode(object).toString('hex'));
      assert.deepEqual(loadedResponse.decode(bytes), object);
      assert.deepEqual(responseFacts(decodeFetchResponse(bytes)), responseFacts(message));
    }),
  );
});

test('of several start positions the last one counts, as in any oneof', () => {
  const offset = Buffer.from('2005', 'hex');
  const position = Buffer.from('3002', 'hex');
  for (const [first, second, expected] of [
    [offset, position, { position: 2 }],
    [position, offset, { offset: 5 }],
  ] as const) {
    const inner = Buffer.concat([first, second]);
    const body = Buffer.concat([Buffer.from([0x0a, inner.length]), inner]);
    const [decoded] = decodeFetchRequest(body).partitions;
    assert.deepEqual(optional(decoded ?? {}), expected);
  }
});

test('aborted transactions, reserved today, are skipped', () => {
  const entries = [{ topicId: 't', aborted: [{ producerId: 5, firstOffset: 6 }], end: true }];
  const decoded = decodeFetchResponse(loadedResponse.encode({ entries }));
  assert.equal(decoded.entries[0]?.topicId, 't');
  assert.equal(decoded.entries[0]?.end, true);
});
