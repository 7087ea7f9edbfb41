import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c } from '@millrace/core/crc32c';
import type { Offset } from '@millrace/core/ids';
import fc from 'fast-check';
import { LogCorruptError } from '../../src/log/logCorruptError.ts';
import { decodeProducers, encodeProducers } from '../../src/log/producers/producerSnapshot.ts';
import { ProducerState } from '../../src/log/producers/producerState.ts';

const nowMs = 5_000_000;

function snapshotOf(ids: readonly number[]) {
  const state = new ProducerState(100);
  for (const [index, producerId] of ids.entries()) {
    const batch = { producerId, producerEpoch: 1, baseSequence: index, lastOffsetDelta: 0 };
    state.note(batch, index as Offset, nowMs - 3000);
  }
  return { endOffset: ids.length as Offset, producers: state.remembered() };
}

test('a snapshot comes back as it was, idle times in whole seconds', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }), (ids) => {
      const snapshot = snapshotOf(ids);
      assert.deepEqual(decodeProducers(encodeProducers(snapshot, nowMs), nowMs), snapshot);
    }),
  );
});

test('the bytes of a snapshot of version 1 stay what they are', () => {
  const hex = encodeProducers(snapshotOf([4]), nowMs).toString('hex');
  assert.equal(
    hex,
    '0001000000000000000100000001000000000000000400000003010001000000000000000000000000000000007db44d82',
  );
});

test('a flipped byte, a cut and bytes added are refused', () => {
  const good = encodeProducers(snapshotOf([1, 2, 1]), nowMs);
  for (let byte = 0; byte < good.length; byte++) {
    const bad = Buffer.from(good);
    bad.writeUInt8(bad.readUInt8(byte) ^ 0x10, byte);
    assert.throws(() => decodeProducers(bad, nowMs), LogCorruptError);
    assert.throws(() => decodeProducers(good.subarray(0, byte), nowMs), LogCorruptError);
  }
  assert.throws(() => decodeProducers(Buffer.concat([good, good]), nowMs), LogCorruptError);
});

test('nonsense under a right CRC is refused', () => {
  const good = encodeProducers(snapshotOf([1, 2]), nowMs);
  // Byte positions: producers follow the 14 bytes of the header, each 13 bytes and 18 per batch.
  const damages: [string, (bytes: Buffer) => void][] = [
    ['another version', (bytes) => bytes.writeUInt16BE(2, 0)],
    ['an end offset below its batches', (bytes) => bytes.writeBigInt64BE(1n, 2)],
    ['a negative end offset', (bytes) => bytes.writeBigInt64BE(-1n, 2)],
    ['an end offset past 2^53', (bytes) => bytes.writeBigInt64BE(2n ** 60n, 2)],
    ['a count past the end', (bytes) => bytes.writeUInt32BE(0xffff_ffff, 10)],
    ['a count below what follows', (bytes) => bytes.writeUInt32BE(1, 10)],
    ['a negative producer id', (bytes) => bytes.writeBigInt64BE(-1n, 14)],
    ['the same producer twice', (bytes) => bytes.writeBigInt64BE(1n, 45)],
    ['no batches', (bytes) => bytes.writeUInt8(0, 26)],
    ['too many batches', (bytes) => bytes.writeUInt8(6, 26)],
    ['a negative epoch', (bytes) => bytes.writeInt16BE(-1, 27)],
    ['a negative sequence', (bytes) => bytes.writeInt32BE(-1, 29)],
    ['a negative delta', (bytes) => bytes.writeInt32BE(-1, 33)],
    ['falling offsets', (bytes) => bytes.writeBigInt64BE(1n, 37)],
  ];
  for (const [what, damage] of damages) {
    const bad = Buffer.from(good);
    damage(bad);
    bad.writeUInt32BE(crc32c(bad.subarray(0, -4)), bad.length - 4);
    assert.throws(() => decodeProducers(bad, nowMs), LogCorruptError, what);
  }
});
