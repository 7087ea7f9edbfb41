import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceError } from '@millrace/core/errors';
import type { CopyId, Offset, TopicId } from '@millrace/core/ids';
import fc from 'fast-check';
import {
  type CheckpointLine,
  decodeCheckpoint,
  encodeCheckpoint,
  encodeLine,
} from '../../src/log/journal/checkpointFile.ts';

const journalId = '000102030405060708090a0b0c0d0e0f';
const line: CheckpointLine = {
  topicId: '6b0b3a5e-5d2c-4d57-8c7e-0a1b2c3d4e5f' as TopicId,
  partition: 3,
  copyId: 'a1b2c3d4e5f6' as CopyId,
  logStart: 10 as Offset,
  end: 9007199254740991 as Offset,
  segmentBase: 20 as Offset,
  position: 4096,
  highWatermark: 30 as Offset,
  bytesBelow: 8192,
};

const golden =
  'millrace-checkpoint 1\n' +
  'journal 000102030405060708090a0b0c0d0e0f 42\n' +
  'copy 6b0b3a5e-5d2c-4d57-8c7e-0a1b2c3d4e5f 3 a1b2c3d4e5f6 10 9007199254740991 20 4096 30 8192\n' +
  'crc32c 9df9f7ea\n';

test('the bytes of a checkpoint never change', () => {
  const bytes = encodeCheckpoint(journalId, 42, [encodeLine(line)]);
  assert.equal(bytes.toString('latin1'), golden);
  assert.deepEqual(decodeCheckpoint(bytes), { journalId, sequence: 42, lines: [line] });
});

test('a checkpoint reads back as it was written', () => {
  const offset = fc.maxSafeNat();
  const lines = fc.array(
    fc.record(
      {
        topicId: fc.uuid({ version: 4 }),
        partition: fc.nat(9999),
        copyId: fc.stringMatching(/^[0-9a-f]{12}$/),
        logStart: offset,
        end: offset,
        segmentBase: offset,
        position: offset,
        highWatermark: offset,
        bytesBelow: offset,
      },
      { noNullPrototype: true },
    ),
    { maxLength: 20 },
  );
  const property = fc.property(lines, offset, (some, sequence) => {
    const wanted = some as unknown as CheckpointLine[];
    const bytes = encodeCheckpoint(journalId, sequence, wanted.map(encodeLine));
    assert.deepEqual(decodeCheckpoint(bytes), { journalId, sequence, lines: wanted });
  });
  fc.assert(property);
});

test('a checkpoint with a flipped bit or cut short is refused', () => {
  const bytes = encodeCheckpoint(journalId, 42, [encodeLine(line), encodeLine(line)]);
  const refused = (candidate: Buffer, what: string): void => {
    assert.throws(
      () => decodeCheckpoint(candidate),
      (error) => error instanceof MillraceError && error.outcome === 'not-applied',
      what,
    );
  };
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    refused(flipped, `bit ${bit}`);
  }
  for (let length = 0; length < bytes.length; length++) {
    refused(bytes.subarray(0, length), `${length} bytes`);
  }
  refused(Buffer.concat([bytes, Buffer.from('x')]), 'more bytes');
});

test('a checkpoint of a newer format is refused by its version', () => {
  assert.throws(
    () => decodeCheckpoint(Buffer.from('millrace-checkpoint 2\nwhatever\n')),
    (error) => error instanceof MillraceError && error.code === 'UNSUPPORTED_VERSION',
  );
});
