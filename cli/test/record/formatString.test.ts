import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OutputBuffer } from '../../src/output/outputBuffer.ts';
import { parseFormat } from '../../src/record/formatString.ts';
import type { PrintedRecord } from '../../src/record/printedRecord.ts';
import { UsageError } from '../../src/usageError.ts';

const RECORD: PrintedRecord = {
  topic: 'flights',
  partition: 3,
  offset: 9007199254740991,
  timestampMs: 1700000000123,
  key: Buffer.from('JFK'),
  value: Buffer.from('grüß'),
  headers: [
    { key: 'a', value: Buffer.from('1') },
    { key: 'a', value: null },
    { key: 'b', value: Buffer.alloc(0) },
  ],
};
const NULLS: PrintedRecord = { ...RECORD, key: null, value: null, headers: [] };

function print(format: string, record: PrintedRecord, nullText = ''): Buffer {
  const out = new OutputBuffer();
  parseFormat(format, { nullText })(record, out);
  return out.take();
}

const CASES: readonly [format: string, text: string, ofNulls: string][] = [
  ['%s\\n', 'grüß\n', '\n'],
  ['%S', '6', '-1'],
  ['%k|%K', 'JFK|3', '|-1'],
  ['%h', 'a=1,a=NULL,b=', ''],
  ['%t[%p]@%o', 'flights[3]@9007199254740991', 'flights[3]@9007199254740991'],
  ['%T', '1700000000123', '1700000000123'],
  ['100%%\\t\\x41', '100%\tA', '100%\tA'],
  ['\\%s', '%s', '%s'],
  ['ünïcode \u{1f600}%p', 'ünïcode \u{1f600}3', 'ünïcode \u{1f600}3'],
  ['', '', ''],
];

for (const [format, text, ofNulls] of CASES) {
  test(`${JSON.stringify(format)} prints ${JSON.stringify(text)}`, () => {
    assert.equal(print(format, RECORD).toString(), text);
    assert.equal(print(format, NULLS).toString(), ofNulls);
  });
}

test('%R is the length of the value as a big-endian int32, -1 for null', () => {
  assert.equal(print('%R%s', RECORD).subarray(0, 4).toString('hex'), '00000006');
  assert.equal(print('%R', NULLS).toString('hex'), 'ffffffff');
});

test('-Z prints NULL for null, and nothing for empty bytes', () => {
  assert.equal(print('%k=%s', NULLS, 'NULL').toString(), 'NULL=NULL');
  assert.equal(print('%s', { ...RECORD, value: Buffer.alloc(0) }, 'NULL').toString(), '');
});

for (const format of ['%', 'a%', '%x', '%q', '%\\n', '\\']) {
  test(`${JSON.stringify(format)} is refused as a usage error`, () => {
    assert.throws(() => parseFormat(format, { nullText: '' }), UsageError);
  });
}

test('values come out byte by byte, however large', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300_000, size: 'max' }), (bytes) => {
      const value = Buffer.from(bytes);
      assert.ok(
        print('<%s>', { ...RECORD, value })
          .subarray(1, -1)
          .equals(value),
      );
    }),
    { numRuns: 20 },
  );
});
