import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { BATCH_CRC_FROM, stampBatch } from '@millrace/core/batchHeader';
import { encodeBatch } from '@millrace/core/batchWriter';
import { readCopy, readSegment, segmentNames } from '../../src/replica/copyFiles.ts';
import type { CopyBatch } from '../../src/history/copyLog.ts';

test('a copy is read from its segments in the order of their offsets', (t) => {
  const directory = copyDirectory(t);
  write(directory, 0, batch(0, 3), batch(3, 2));
  write(directory, 5, batch(5, 1));
  writeFileSync(path.join(directory, '00000000000000000005.index'), 'not a segment');
  const copy = readCopy(directory);
  assert.equal(copy?.copyId, 'aabbccddeeff');
  assert.equal(copy.fault, undefined);
  assert.deepEqual(
    copy.batches.map(({ baseOffset, endOffset, isIntact }) => [baseOffset, endOffset, isIntact]),
    [
      [0, 3, true],
      [3, 5, true],
      [5, 6, true],
    ],
  );
  assert.equal(segmentNames(directory).length, 2);
});

test('a flipped bit changes the digest and is told by the CRC; reading goes on behind it', () => {
  const bytes = Buffer.concat([batch(0, 3), batch(3, 2)]);
  const intact = read(bytes).batches;
  bytes.writeUInt8(bytes.readUInt8(BATCH_CRC_FROM + 30) ^ 1, BATCH_CRC_FROM + 30);
  const { batches, fault } = read(bytes);
  assert.equal(fault, undefined);
  assert.deepEqual(
    batches.map(({ isIntact }) => isIntact),
    [false, true],
  );
  assert.notEqual(batches[0]?.digest, intact[0]?.digest);
  assert.equal(batches[1]?.digest, intact[1]?.digest);
});

test('a leader epoch that differs is a difference, though no CRC covers it', () => {
  const one = batch(0, 3);
  const other = batch(0, 3);
  stampBatch(other, 0, 0, 9);
  assert.notEqual(read(one).batches[0]?.digest, read(other).batches[0]?.digest);
  assert.equal(read(other).batches[0]?.isIntact, true);
});

test('a segment that ends within a batch, goes back or holds zeros is faulty from there', () => {
  const whole = batch(0, 3);
  assert.match(read(whole.subarray(0, whole.length - 1)).fault ?? '', /cut off/);
  assert.match(read(Buffer.concat([whole, batch(2, 1)])).fault ?? '', /offset 2 after 3/);
  const { batches, fault } = read(Buffer.concat([whole, Buffer.alloc(100)]));
  assert.equal(batches.length, 1);
  assert.ok(fault !== undefined);
});

test('where there is no copy there is none', (t) => {
  const directory = copyDirectory(t);
  assert.equal(readCopy(path.join(directory, 'elsewhere')), undefined);
});

function read(bytes: Buffer): { batches: CopyBatch[]; fault: string | undefined } {
  const batches: CopyBatch[] = [];
  const fault = readSegment(bytes, batches);
  return { batches, fault };
}

function batch(baseOffset: number, records: number): Buffer {
  const some = Array.from({ length: records }, (_, index) => ({
    timestamp: 1_700_000_000_000,
    key: Buffer.from(`key ${index}`),
    value: Buffer.from(`a value of record ${index}`),
  }));
  return encodeBatch(some, { baseOffset, leaderEpoch: 1 });
}

function write(directory: string, baseOffset: number, ...batches: Buffer[]): void {
  const name = `${String(baseOffset).padStart(20, '0')}.log`;
  writeFileSync(path.join(directory, name), Buffer.concat(batches));
}

function copyDirectory(t: TestContext): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'millrace-copy-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const copy = path.join(directory, '0');
  mkdirSync(copy);
  writeFileSync(path.join(copy, 'partition.json'), JSON.stringify({ copyId: 'aabbccddeeff' }));
  return copy;
}
