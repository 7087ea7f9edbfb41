import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { framesToReplay } from '../../src/replica/journalFrames.ts';

const ID = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const FILE_BYTES = 16_384;

function frame(sequence: number, syncedSequence: number, bodyBytes: number, id = ID): Buffer {
  const bytes = Buffer.alloc(52 + bodyBytes, 7);
  bytes.writeUInt32BE(bytes.length - 4, 0);
  bytes.writeBigUInt64BE(BigInt(sequence), 8);
  bytes.writeBigUInt64BE(BigInt(syncedSequence), 16);
  id.copy(bytes, 25, 0, 3);
  id.copy(bytes, 34, 3, 5);
  return bytes;
}

test('frames of the journal that the checkpoint names, past it, are found in all files and in their order', (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'millrace-frames-'));
  t.after(() => rmSync(directory, { recursive: true }));
  mkdirSync(path.join(directory, 'journal'));
  const file = (name: string, ...groups: readonly Buffer[][]): void => {
    const bytes = Buffer.alloc(FILE_BYTES);
    for (const [at, group] of groups.entries()) Buffer.concat(group).copy(bytes, at * 4096);
    writeFileSync(path.join(directory, 'journal', name), bytes);
  };
  const foreign = Buffer.from('ff112233445566778899aabbccddeeff', 'hex');
  file('0', [frame(7, 5, 100), frame(8, 5, 3000)], [frame(9, 6, 10)], [frame(3, 1, 10)]);
  file('1', [frame(5, 4, 10), frame(6, 4, 10)], [frame(30, 29, 10, foreign)]);
  writeFileSync(
    path.join(directory, 'checkpoints'),
    `millrace-checkpoint 1\njournal ${ID.toString('hex')} 5\ncrc32c 00000000\n`,
  );
  const found = framesToReplay(directory).map(({ sequence, syncedSequence, file: at }) => [
    sequence,
    syncedSequence,
    path.basename(at),
  ]);
  assert.deepEqual(found, [
    [6, 4, '1'],
    [7, 5, '0'],
    [8, 5, '0'],
    [9, 6, '0'],
  ]);
});
