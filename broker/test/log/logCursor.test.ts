import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBatchesFromLog } from '@millrace/core/batchCheck';
import { BATCH_HEADER_BYTES } from '@millrace/core/batchHeader';
import type { Offset } from '@millrace/core/ids';
import { LogCorruptError } from '../../src/log/logCorruptError.ts';
import { batchOf, headersOf, type LoneLog, readAll } from './loneLog.ts';
import { simLog } from './simLog.ts';

const timestampMs = 1_750_000_000_000;
const before = Number.MAX_SAFE_INTEGER as Offset;

function fill(lone: LoneLog, batches: number, valueBytes = 500): Buffer[] {
  return Array.from({ length: batches }, () => {
    const batch = batchOf({ records: 2, valueBytes, timestampMs });
    lone.append(batch);
    lone.commit();
    return batch;
  });
}

test('what is cached comes at once, as the buffers that were written', () => {
  const { lone } = simLog();
  const batches = fill(lone, 5);
  const slice = lone.log.openCursor(0 as Offset).next({ bytesMax: 1 << 20, before });
  assert.ok(!(slice instanceof Promise));
  assert.deepEqual(Buffer.concat(slice.buffers), Buffer.concat(batches));
  assert.equal(slice.nextOffset, 10);
  assert.equal(slice.lastEpoch, 0);
});

test('a slice begins with the batch that holds the offset, ends below the bound, and has one batch at least', async () => {
  for (const tailCacheBytes of [0, 1 << 20]) {
    const { lone, settle } = simLog({ tailCacheBytes, config: { segmentBytesMax: 1 << 20 } });
    const batches = fill(lone, 5);
    const cursor = lone.log.openCursor(3 as Offset);
    const next = async (bytesMax: number, bound: number) =>
      settle((async () => cursor.next({ bytesMax, before: bound as Offset }))());
    assert.deepEqual(Buffer.concat((await next(1, 10)).buffers), batches[1]);
    assert.equal((await next(1 << 20, 4)).bytes, 0);
    assert.deepEqual(
      Buffer.concat((await next(1 << 20, 7)).buffers),
      Buffer.concat(batches.slice(2, 4)),
    );
    assert.equal(cursor.nextOffset, 8);
    assert.deepEqual(Buffer.concat((await next(1, 10)).buffers), batches[4]);
    assert.equal((await next(1, 10)).bytes, 0);
  }
});

test('a reader that was overtaken by eviction goes on from the files where it stood', async () => {
  const { lone, settle } = simLog({ tailCacheBytes: 4000 });
  const first = fill(lone, 2);
  const cursor = lone.log.openCursor(0 as Offset);
  const next = async () => settle((async () => cursor.next({ bytesMax: 600, before }))());
  const read = [...(await next()).buffers];
  const rest = fill(lone, 30);
  assert.ok(lone.tailCache.bytes <= 4000);
  for (let slice = await next(); slice.bytes > 0; slice = await next()) read.push(...slice.buffers);
  assert.deepEqual(Buffer.concat(read), Buffer.concat([...first, ...rest]));
});

test('cold reads leave the cache as it is and keep few files open', async () => {
  const { lone, settle } = simLog({ tailCacheBytes: 3000, openFilesMax: 3 });
  fill(lone, 60);
  await settle(lone.checkpoint());
  const cached = lone.tailCache.bytes;
  const cursor = lone.log.openCursor(0 as Offset);
  for (;;) {
    const slice = await settle(
      (async () => cursor.next({ bytesMax: 2000, before: 100 as Offset }))(),
    );
    if (slice.bytes === 0) break;
    assert.ok(lone.openFiles.size <= 3);
  }
  assert.equal(cursor.nextOffset, 100);
  assert.equal(lone.tailCache.bytes, cached);
});

test('a batch larger than the slice limit comes whole from a file', async () => {
  const { lone, settle } = simLog({ tailCacheBytes: 0, config: { segmentBytesMax: 1 << 24 } });
  const batches = fill(lone, 2, 1 << 20);
  const cursor = lone.log.openCursor(2 as Offset);
  const slice = await settle((async () => cursor.next({ bytesMax: 1 << 20, before }))());
  assert.deepEqual(Buffer.concat(slice.buffers), batches[1]);
});

test('of batches that are larger than the slices asked for, each is read once', async () => {
  const { lone, settle, storage } = simLog({
    tailCacheBytes: 0,
    config: { segmentBytesMax: 1 << 24 },
  });
  const batches = fill(lone, 20, 4000);
  let bytesRead = 0;
  const open = storage.open.bind(storage);
  storage.open = (path, mode) => {
    const file = open(path, mode);
    const read = file.read.bind(file);
    file.read = (buffer, position) => {
      bytesRead += buffer.byteLength;
      return read(buffer, position);
    };
    return file;
  };
  await settle(lone.checkpoint());
  lone.openFiles.closeAll();
  const cursor = lone.log.openCursor(0 as Offset);
  const read: Buffer[] = [];
  for (let count = 0; count < batches.length; count++) {
    const slice = await settle((async () => cursor.next({ bytesMax: 6000, before }))());
    read.push(...slice.buffers);
  }
  assert.deepEqual(Buffer.concat(read), Buffer.concat(batches));
  const bytes = batches.reduce((sum, batch) => sum + batch.length, 0);
  assert.ok(bytesRead < 1.3 * bytes, `${bytesRead} bytes read of ${bytes}`);
});

test('retention below a cursor is out of range for it, also while its read is under way', async () => {
  const { lone, settle } = simLog({ tailCacheBytes: 0, config: { retentionBytes: 1000 } });
  fill(lone, 20);
  await settle(lone.checkpoint());
  const cursor = lone.log.openCursor(0 as Offset);
  const limits = { bytesMax: 100, before };
  const first = await settle((async () => cursor.next(limits))());
  assert.equal(first.nextOffset, 2);
  const underWay = (async () => cursor.next(limits))();
  const rejected = assert.rejects(settle(underWay), { code: 'OFFSET_OUT_OF_RANGE' });
  assert.equal(await settle(lone.log.retention.expire()), true);
  await settle(lone.checkpoint());
  lone.log.retention.removeExpired();
  await rejected;
  assert.throws(() => lone.log.openCursor(0 as Offset), { code: 'OFFSET_OUT_OF_RANGE' });
  const start = lone.log.logStartOffset;
  const slice = await settle((async () => lone.log.openCursor(start).next(limits))());
  assert.equal(headersOf(Buffer.concat(slice.buffers))[0]?.baseOffset, start);
});

test('offsets outside the log are refused with the range', () => {
  const { lone } = simLog();
  fill(lone, 1);
  assert.throws(() => lone.log.openCursor(3 as Offset), {
    code: 'OFFSET_OUT_OF_RANGE',
    message: /0 to 2/,
  });
  assert.equal(lone.log.openCursor(2 as Offset).nextOffset, 2);
});

test('bytes that are no batch are corruption for the reader, never records', async () => {
  const { lone, settle, storage } = simLog({ tailCacheBytes: 0 });
  fill(lone, 3);
  const file = storage.open('/log/00000000000000000000.log', 'readwrite');
  const size = file.size() / 3;
  file.writeNow([Buffer.alloc(61)], size);
  const cursor = lone.log.openCursor(0 as Offset);
  const next = async () => settle((async () => cursor.next({ bytesMax: 1, before }))());
  assert.equal((await next()).nextOffset, 2);
  await assert.rejects(next(), { code: 'PARTITION_OFFLINE' });
});

test('an unreadable file is a typed error that says it changed nothing', async () => {
  let isOn = false;
  const world = simLog({ tailCacheBytes: 0 }, ({ kind }) =>
    isOn && kind === 'read' ? { kind: 'error', code: 'EIO' } : undefined,
  );
  fill(world.lone, 3);
  isOn = true;
  const cursor = world.lone.log.openCursor(0 as Offset);
  const work = (async () => cursor.next({ bytesMax: 1, before }))();
  await assert.rejects(world.settle(work), { code: 'STORAGE_FAILED', outcome: 'not-applied' });
});

test('a bit flipped in a header on disk is an error, or bytes whose CRC tells the client, never wrong records', async () => {
  const { lone, settle, storage } = simLog({
    tailCacheBytes: 0,
    config: { segmentBytesMax: 1 << 20 },
  });
  const batches: Buffer[] = [];
  for (let epoch = 1; epoch <= 5; epoch++) {
    const batch = batchOf({ records: 2, valueBytes: 20, timestampMs });
    lone.append(batch, epoch);
    batches.push(batch);
  }
  lone.commit();
  const file = storage.open('/log/00000000000000000000.log', 'readwrite');
  let refused = 0;
  for (const [index, batch] of batches.entries()) {
    const position = Buffer.concat(batches.slice(0, index)).length;
    for (let bit = 0; bit < BATCH_HEADER_BYTES * 8; bit++) {
      const flipped = Buffer.from(batch);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      file.writeNow([flipped], position);
      try {
        const read = await settle(readAll(lone.log, 0, 10, 1 << 20));
        assert.throws(() => checkBatchesFromLog(read, 0), `bit ${bit} of batch ${index}`);
      } catch (error) {
        if (!(error instanceof LogCorruptError)) throw error;
        refused += 1;
      }
    }
    file.writeNow([batch], position);
  }
  assert.ok(refused > 0);
});
