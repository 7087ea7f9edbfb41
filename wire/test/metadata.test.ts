import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMetadata, writeMetadata } from '@millrace/wire/metadata';

test('text and binary metadata survive the wire', () => {
  const metadata = new Map<string, string | Buffer>([
    ['millrace-hop', '1'],
    ['millrace-principal-bin', Buffer.from([0, 1, 2, 255])],
  ]);
  const headers = writeMetadata(metadata);
  assert.equal(headers['millrace-principal-bin'], 'AAEC/w');
  assert.deepEqual(readMetadata(headers as Record<string, string>), metadata);
});

test('pseudo headers and those of gRPC itself are no metadata', () => {
  const metadata = readMetadata({ ':path': '/x', te: 'trailers', 'grpc-timeout': '1S', k: 'v' });
  assert.deepEqual([...metadata], [['k', 'v']]);
});

test('of a repeated binary value the first is kept', () => {
  assert.deepEqual(readMetadata({ 'x-bin': 'AQ,Ag' }).get('x-bin'), Buffer.from([1]));
});

test('names and values that gRPC forbids are refused', () => {
  for (const [name, value] of [
    ['Upper', 'x'],
    ['grpc-status', '0'],
    [':path', '/x'],
    ['sp ace', 'x'],
    ['text', 'ü'],
    ['text', 'a\r\nb'],
    ['x-bin', 'text'],
    ['x', Buffer.from('bytes')],
  ] as const)
    assert.throws(() => writeMetadata(new Map([[name, value]])), TypeError, name);
});
