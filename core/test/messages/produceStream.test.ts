import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeProduceStreamRequest,
  decodeProduceStreamResponse,
  encodeProduceStreamRequest,
  encodeProduceStreamResponse,
  type ProduceEntryMessage,
  type ProduceResultMessage,
  type ProduceStreamRequestMessage,
  type ProduceStreamResponseMessage,
} from '@millrace/core/messages/produceStream';
import fc from 'fast-check';
import * as any from './arbitraries.ts';
import { implicit, loadedMessage, optional } from './protoLoader.ts';

const loadedRequest = loadedMessage('ProduceStreamRequest');
const loadedResponse = loadedMessage('ProduceStreamResponse');

const entry: fc.Arbitrary<ProduceEntryMessage> = any
  .row({
    topic: fc.oneof(
      any.text.map((topicId) => ({ topicId, topicName: undefined })),
      any.text.map((topicName) => ({ topicId: undefined, topicName })),
      fc.constant({ topicId: undefined, topicName: undefined }),
    ),
    partition: any.maybe(any.int32),
    records: any.few(any.record),
    producerId: any.maybe(any.int64),
    producerEpoch: any.maybe(any.int32),
    firstSequence: any.maybe(any.int32),
    batches: any.bytes,
  })
  .map(({ topic, ...rest }) => ({ ...topic, ...rest }));

const request: fc.Arbitrary<ProduceStreamRequestMessage> = any.row({
  correlation: any.uint64,
  acks: fc.nat(4),
  deadlineMs: any.uint32,
  entries: any.few(entry),
});

const result: fc.Arbitrary<ProduceResultMessage> = any.row({
  entry: any.uint32,
  topicId: any.text,
  partition: any.int32,
  baseOffset: any.int64,
  leaderEpoch: any.int32,
  recordCount: any.uint32,
  recordIndexes: fc.array(any.uint32, { maxLength: 5 }),
  error: any.maybe(any.error),
});

const response: fc.Arbitrary<ProduceStreamResponseMessage> = any.row({
  results: any.few(any.row({ correlation: any.uint64, result })),
  throttleMs: any.uint32,
});

function requestObject(message: ProduceStreamRequestMessage): object {
  const { correlation, acks, deadlineMs } = message;
  const entries = message.entries.map(({ records, batches, ...entry }) => ({
    ...optional(entry),
    ...implicit({ records: records.map(any.loadedRecord) }),
    ...(batches.length > 0 ? { batches } : {}),
  }));
  return implicit({ correlation, acks, deadlineMs, entries });
}

function responseObject(message: ProduceStreamResponseMessage): object {
  const results = message.results.map(({ correlation, result: { error, ...facts } }) => ({
    ...implicit({ correlation }),
    result: {
      ...implicit(facts),
      ...(error === undefined ? {} : { error: any.loadedError(error) }),
    },
  }));
  return implicit({ results, throttleMs: message.throttleMs });
}

/** Errors by what travels of them. */
function responseFacts(message: ProduceStreamResponseMessage): unknown {
  const results = message.results.map(({ correlation, result: { error, ...facts } }) => ({
    correlation,
    result: { ...facts, error: any.errorFacts(error) },
  }));
  return { ...message, results };
}

test('a produce request has the bytes that proto-loader gives it, and both read them alike', () => {
  fc.assert(
    fc.property(request, (message) => {
      const object = requestObject(message);
      const bytes = Buffer.concat(encodeProduceStreamRequest(message));
      assert.equal(bytes.toString('hex'), loadedRequest.encode(object).toString('hex'));
      assert.deepEqual(loadedRequest.decode(bytes), object);
      assert.deepEqual(decodeProduceStreamRequest(bytes), message);
    }),
  );
});

test('a produce response has the bytes that proto-loader gives it, and both read them alike', () => {
  fc.assert(
    fc.property(response, (message) => {
      const object = responseObject(message);
      const bytes = Buffer.concat(encodeProduceStreamResponse(message));
      assert.equal(bytes.toString('hex'), loadedResponse.encode(object).toString('hex'));
      assert.deepEqual(loadedResponse.decode(bytes), object);
      assert.deepEqual(responseFacts(decodeProduceStreamResponse(bytes)), responseFacts(message));
    }),
  );
});

test('defaults that a peer writes out are read as defaults', () => {
  const entries = [
    { partition: 0, topicId: '', batches: Buffer.alloc(0), records: [{ offset: 0 }] },
  ];
  const bytes = loadedRequest.encode({ correlation: 0, acks: 0, deadlineMs: 0, entries });
  const decoded = decodeProduceStreamRequest(bytes);
  assert.deepEqual(decoded, {
    correlation: 0,
    acks: 0,
    deadlineMs: 0,
    entries: [
      {
        topicId: '',
        topicName: undefined,
        partition: 0,
        batches: Buffer.alloc(0),
        records: [
          { key: undefined, value: undefined, headers: [], timestampMs: undefined, offset: 0 },
        ],
        producerId: undefined,
        producerEpoch: undefined,
        firstSequence: undefined,
      },
    ],
  });
});

test('large batches are neither copied when written nor when read', () => {
  const batches = Buffer.alloc(100_000, 5);
  const parts = encodeProduceStreamRequest({
    correlation: 1,
    acks: 3,
    deadlineMs: 0,
    entries: [
      { topicId: 'a', partition: 1, records: [], batches },
      { topicId: 'b', partition: 2, records: [], batches },
    ],
  });
  assert.equal(parts.filter((part) => part === batches).length, 2);
  const body = Buffer.concat(parts);
  const read = decodeProduceStreamRequest(body).entries[1]?.batches;
  assert.equal(read?.buffer, body.buffer);
  assert.ok(read?.equals(batches));
});
