import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterId, CopyId, Offset, TopicId } from '@millrace/core/ids';
import { LogCorruptError } from '../../src/log/logCorruptError.ts';
import {
  afterCut,
  decodePartitionFile,
  encodePartitionFile,
  type PartitionFile,
} from '../../src/log/copies/partitionFile.ts';
import { smallLogs } from './directoryWorld.ts';

const file: PartitionFile = {
  clusterId: '0f0e0d0c-0b0a-4908-8706-050403020100' as ClusterId,
  topicId: '6b0b3a5e-5d2c-4d57-8c7e-0a1b2c3d4e5f' as TopicId,
  topicName: 'flights',
  partition: 3,
  copyId: 'a1b2c3d4e5f6' as CopyId,
  wasIsr: true,
  adoptedEpoch: -1,
  minIsr: undefined,
  removedBelow: 0,
  config: { ...smallLogs, retentionMs: 1000, retentionBytes: undefined },
};

const golden = `{
 "formatVersion": 1,
 "clusterId": "0f0e0d0c-0b0a-4908-8706-050403020100",
 "topicId": "6b0b3a5e-5d2c-4d57-8c7e-0a1b2c3d4e5f",
 "name": "flights",
 "partition": 3,
 "copyId": "a1b2c3d4e5f6",
 "wasIsr": true,
 "adoptedEpoch": -1,
 "minIsr": null,
 "removedBelow": 0,
 "config": {
  "durability": "fsync",
  "cleanupPolicy": "delete",
  "batchBytesMax": 8192,
  "segmentBytesMax": 16384,
  "segmentMsMax": 604800000,
  "indexIntervalBytes": 512,
  "retentionMs": 1000,
  "retentionBytes": null
 }
}
`;

test('the bytes of partition.json never change', () => {
  assert.equal(encodePartitionFile(file).toString(), golden);
  assert.deepEqual(decodePartitionFile(Buffer.from(golden)), file);
});

test('a copy that began empty goes on lacking the tombstones that its leader lacked, wherever it is cut', () => {
  const begun = { under: 'b1b2c3d4e5f6' as CopyId, removedBelow: 40 };
  const copy = { ...file, removedBelow: 90, cleaned: { to: 60 as Offset, epoch: 1 }, begun };
  assert.deepEqual(afterCut(copy, 60 as Offset), { ...copy, removedBelow: 60 });
  assert.deepEqual(afterCut(copy, 20 as Offset), { ...copy, removedBelow: 40, cleaned: undefined });
});

test('what the log does not act on is not kept', () => {
  const wide = { ...file, config: { ...file.config, partitions: 7 } };
  assert.equal(encodePartitionFile(wide).toString(), golden);
});

test('fields that a later version adds are ignored', () => {
  const later = golden.replace('{', '{"added": true,');
  assert.deepEqual(decodePartitionFile(Buffer.from(later)), file);
});

test('damage is a typed error at every byte', () => {
  for (let length = 0; length < golden.length - 2; length++) {
    assert.throws(() => decodePartitionFile(Buffer.from(golden.slice(0, length))), LogCorruptError);
  }
  const wrong: [string, string][] = [
    ['"partition": 3', '"partition": -1'],
    ['"partition": 3', '"partition": 1e30'],
    ['"partition": 3', '"partition": "3"'],
    ['"fsync"', '"sometimes"'],
    ['"a1b2c3d4e5f6"', '"../../etc"'],
    ['"formatVersion": 1', '"formatVersion": 2'],
    ['"config": {', '"config": null, "x": {'],
    ['"retentionMs": 1000', '"retentionMs": -5'],
  ];
  for (const [from, to] of wrong) {
    const bytes = Buffer.from(golden.replace(from, to));
    assert.throws(() => decodePartitionFile(bytes), LogCorruptError, to);
  }
  assert.throws(() => decodePartitionFile(Buffer.from('null')), LogCorruptError);
});
