/** Produce requests that are wrong in ways one can name: each is answered by the error that says so, and changes nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '@millrace/core/errors';
import {
  decodeProduceStreamResponse,
  encodeProduceStreamRequest,
  type ProduceEntryMessage,
} from '@millrace/core/messages/produceStream';
import type { ProduceEntry } from '@millrace/proto/generated/millrace/v1/ProduceEntry';
import { goodBatch, hostileBatches } from './hostileBatch.ts';
import { BATCH_BYTES_MAX, check, hostileTarget, refused, TOPIC } from './hostileTarget.ts';
import { rawCall } from './rawCall.ts';
import { unary } from './stockClient.ts';

const PRODUCE_STREAM = '/millrace.v1.Producer/ProduceStream';
const target = hostileTarget();

interface HostileEntry {
  readonly what: string;
  readonly entry: ProduceEntryMessage;
  readonly codes: readonly ErrorCode[];
  readonly acks?: number;
}

function hostileEntries(): HostileEntry[] {
  const base = { topicName: TOPIC, partition: 0, records: [], batches: Buffer.alloc(0) };
  const record = { offset: 0, key: Buffer.from('k'), value: Buffer.from('v'), headers: [] };
  const good = () => ({ ...base, batches: goodBatch() });
  const REQUEST = ['INVALID_REQUEST'] as const;
  return [
    ...hostileBatches(BATCH_BYTES_MAX).map(({ what, batches, codes }) => ({
      what,
      codes,
      entry: { ...base, batches },
    })),
    { what: 'no records', entry: base, codes: REQUEST },
    { what: 'records and batches', entry: { ...good(), records: [record] }, codes: REQUEST },
    { what: 'no partition', entry: { ...good(), partition: undefined }, codes: REQUEST },
    { what: 'partition -1', entry: { ...good(), partition: -1 }, codes: REQUEST },
    { what: 'partition 2', entry: { ...good(), partition: 2 }, codes: ['UNKNOWN_PARTITION'] },
    {
      what: 'partition 2^31-1',
      entry: { ...good(), partition: 2 ** 31 - 1 },
      codes: ['UNKNOWN_PARTITION'],
    },
    { what: 'no topic', entry: { ...good(), topicName: undefined }, codes: REQUEST },
    { what: 'acks 77', entry: good(), acks: 77, codes: REQUEST },
    { what: 'acks -1', entry: good(), acks: -1, codes: REQUEST },
    ...['nobody', '../target', '.', '__groups', '__proto__', 'constructor', 'x'.repeat(10_000)].map(
      (topicName) => ({
        what: `topic ${topicName.slice(0, 20)}`,
        entry: { ...good(), topicName },
        codes: ['UNKNOWN_TOPIC'] as const,
      }),
    ),
    {
      what: 'a topic id that is none',
      entry: { ...good(), topicName: undefined, topicId: '../../etc' },
      codes: ['UNKNOWN_TOPIC'],
    },
    {
      what: 'a structured record above batchBytesMax',
      entry: { ...base, records: [{ ...record, value: Buffer.alloc(BATCH_BYTES_MAX) }] },
      codes: ['RECORD_TOO_LARGE'],
    },
    {
      what: 'a structured record from tomorrow',
      entry: { ...base, records: [{ ...record, timestampMs: Date.now() + 86_400_000 }] },
      codes: ['INVALID_TIMESTAMP'],
    },
    ...[-1, -(2 ** 40), Number.MAX_SAFE_INTEGER].map((timestampMs) => ({
      what: `a structured record of ${timestampMs}`,
      entry: { ...base, records: [{ ...record, timestampMs }] },
      codes: ['INVALID_REQUEST', 'INVALID_TIMESTAMP'] as const,
    })),
  ];
}

test('Produce refuses every wrong entry with its error, and appends nothing', async () => {
  const { stock, healthy } = target();
  for (const { what, entry, acks = 3, codes } of hostileEntries()) {
    const { topicId, topicName, partition, records, batches } = entry;
    const message = {
      ...(topicId === undefined ? {} : { topicId }),
      ...(topicName === undefined ? {} : { topicName }),
      ...(partition === undefined ? {} : { partition }),
      records: records as ProduceEntry['records'] & object,
      batches,
    };
    const request = { acks: acks as 3, entries: [message] };
    await refused(what, codes, stock.producer.Produce.bind(stock.producer), request);
  }
  await healthy.roundTrip();
});

test('ProduceStream refuses every wrong entry in-band and goes on, on both listeners', async () => {
  const { stock, healthy, listeners } = target();
  for (const { name, session } of listeners) {
    const cases = hostileEntries();
    const bodies = cases.map(({ entry, acks = 3 }, correlation) =>
      Buffer.concat(
        encodeProduceStreamRequest({ correlation, acks, deadlineMs: 0, entries: [entry] }),
      ),
    );
    const empty = { correlation: cases.length, acks: 3, deadlineMs: 0, entries: [] };
    bodies.push(Buffer.concat(encodeProduceStreamRequest(empty)));
    const answer = await rawCall(session, PRODUCE_STREAM, bodies, 20_000);
    assert.equal(answer.status.code, 0, `${name}: ${answer.status.message}`);
    const results = new Map(
      answer.messages
        .flatMap((body) => decodeProduceStreamResponse(body).results)
        .map(({ correlation, result }) => [correlation, result]),
    );
    for (const [correlation, { what, codes }] of cases.entries()) {
      check(`${name}: ${what}`, codes, results.get(correlation)?.error);
    }
    check(`${name}: no entries`, ['INVALID_REQUEST'], results.get(cases.length)?.error);
  }
  const end = await unary(stock.consumer.ListOffsets.bind(stock.consumer), {
    topicName: TOPIC,
    position: 'POSITION_LATEST' as const,
  });
  assert.deepEqual(
    end?.offsets.map(({ offset }) => offset),
    [0, 0],
  );
  await healthy.roundTrip();
});
