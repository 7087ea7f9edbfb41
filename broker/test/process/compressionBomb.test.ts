/** Batches that grow a thousandfold when they are decoded: the broker decodes a little at a time, or says that it won't. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { zstdCompressSync, gzipSync } from 'node:zlib';
import { BATCH_HEADER_BYTES } from '@millrace/core/batchHeader';
import { encodeBatch } from '@millrace/core/batchWriter';
import { sizeOfVarint, writeVarint } from '@millrace/core/varint';
import { decodeFetchResponse, type FetchEntryMessage } from '@millrace/core/messages/fetch';
import { encodeFetchRequest } from '@millrace/core/messages/fetchRequest';
import type { WireSession } from '@millrace/wire/client';
import { startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { bystander } from './bystander.ts';
import { sealed } from './hostileBatch.ts';
import { connectRaw } from './rawCall.ts';
import { peakResidentMiB } from './residentMemory.ts';
import { stockClient, unary } from './stockClient.ts';

const RECORDS = Number(process.env.MILLRACE_BOMB_RECORDS ?? 300_000);
const READERS = 6;
const PEAK_MIB_MAX = 600;

/** A batch whose header is right and whose compressed section is `section`, whatever that is. */
function compressed(kind: 'gzip' | 'zstd', section: Buffer, count: number): Buffer {
  const [code, bytes] = kind === 'gzip' ? [1, gzipSync(section)] : [4, zstdCompressSync(section)];
  const head = encodeBatch([{ key: null, value: 'v', timestamp: 1000 }]).subarray(
    0,
    BATCH_HEADER_BYTES,
  );
  return sealed(Buffer.concat([head, bytes]), (batch) => {
    batch.writeInt32BE(batch.length - 12, 8);
    batch.writeInt16BE(code, 21);
    batch.writeInt32BE(count - 1, 23);
    batch.writeInt32BE(count, 57);
  });
}

/** The smallest valid records. */
function tinyRecords(count: number): Buffer {
  const section = Buffer.alloc(count * 12);
  let at = 0;
  for (let delta = 0; delta < count; delta++) {
    at = writeVarint(section, at, 5 + sizeOfVarint(delta));
    at += 2; // attributes, timestamp delta
    at = writeVarint(section, at, delta);
    at = writeVarint(section, at, -1);
    at = writeVarint(section, at, -1);
    at += 1; // no headers
  }
  return section.subarray(0, at);
}

function read(
  session: WireSession,
  partitions: readonly { topicName: string; partition: number }[],
  onEntry: (entry: FetchEntryMessage) => void,
): Promise<number> {
  const stream = session.open('/millrace.v1.Consumer/Fetch');
  stream.onMessage((body) => decodeFetchResponse(body).entries.forEach(onEntry));
  const request = { partitions, format: 1, isolation: 0, stopAtEnd: true, messageBytesMax: 0 };
  stream.send([Buffer.concat(encodeFetchRequest(request))]);
  stream.end();
  return new Promise((resolve) => stream.onStatus(({ code }) => resolve(code)));
}

test('compression bombs end their partition with an error, tiny records come in small slices', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const healthy = await bystander(broker.server);
  t.after(() => healthy.close());
  const stock = stockClient(broker.server);
  t.after(() => stock.close());
  const { admin, producer, consumer } = stock;
  await unary(admin.CreateTopic.bind(admin), {
    name: 'bombs',
    partitions: 5,
    config: { batchBytesMax: '16MiB' },
  });
  const zeros = Buffer.alloc(256 << 20);
  const bombs = [
    compressed('zstd', zeros, 1000),
    compressed('gzip', zeros, 1000),
    compressed('zstd', Buffer.from('not a record'), 1),
    compressed('zstd', tinyRecords(RECORDS), RECORDS),
    encodeBatch([{ key: null, value: 'harmless', timestamp: 1000 }]),
  ];
  for (const [partition, batches] of bombs.entries()) {
    const entries = [{ topicName: 'bombs', partition, batches }];
    await unary(producer.Produce.bind(producer), { entries });
  }

  for (const port of [broker.ports.client, broker.ports.data]) {
    const session = await connectRaw(port);
    t.after(() => session.destroy());
    const partitions = [0, 1, 2, 4].map((partition) => ({ topicName: 'bombs', partition }));
    const errors = new Map<number, string | undefined>();
    const values: string[] = [];
    const code = await read(session, partitions, ({ partition, error, records }) => {
      if (error !== undefined) errors.set(partition, error.code);
      values.push(...records.map(({ value }) => String(value)));
    });
    assert.equal(code, 0);
    assert.deepEqual(
      [0, 1, 2, 4].map((partition) => errors.get(partition)),
      ['RECORD_TOO_LARGE', 'RECORD_TOO_LARGE', 'CORRUPT_BATCH', undefined],
    );
    assert.deepEqual(values, ['harmless'], 'the other partitions of the stream go on');
  }

  const once = await unary(consumer.FetchOnce.bind(consumer), {
    partitions: [0, 3].map((partition) => ({ topicName: 'bombs', partition })),
    bytesMax: 2 ** 31,
  });
  assert.equal(once.entries[0]?.error?.code, 'RECORD_TOO_LARGE');
  const some = once.entries[1]?.records.length ?? 0;
  assert.ok(some > 0 && some < 100_000, `${some} records in one reply`);
  assert.equal(once.entries[1]?.nextOffset, some);

  const session = await connectRaw(broker.ports.data);
  t.after(() => session.destroy());
  const tiny = [{ topicName: 'bombs', partition: 3 }];
  const readers = Array.from({ length: READERS }, () => {
    const reader = { seen: 0, done: Promise.resolve(-1) };
    reader.done = read(session, tiny, ({ records }) => {
      for (const { offset } of records) assert.equal(offset, reader.seen++);
    });
    return reader;
  });
  const finished = Promise.all(readers.map(({ done }) => done));
  let isFinished = false;
  void finished.then(() => {
    isFinished = true;
  });
  let rounds = 0;
  while (!isFinished) {
    await healthy.roundTrip();
    rounds++;
  }
  assert.deepEqual(new Set(await finished), new Set([0]));
  for (const { seen } of readers) assert.equal(seen, RECORDS);
  const peak = peakResidentMiB(broker.pid);
  t.diagnostic(`${rounds} round trips of a bystander; peak ${Math.round(peak ?? 0)} MiB`);
  assert.ok((peak ?? 0) < PEAK_MIB_MAX, `the broker came to ${peak} MiB`);
});
