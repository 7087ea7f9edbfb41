import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerFromOption, recordFromLine } from '../../src/record/lineRecord.ts';
import { UsageError } from '../../src/usageError.ts';

const CASES: readonly [
  line: string,
  delimiter: string | undefined,
  empty: 'keep' | 'null',
  key: string | null | undefined,
  value: string | null,
][] = [
  ['k:v', undefined, 'keep', undefined, 'k:v'],
  ['k:v', ':', 'keep', 'k', 'v'],
  ['k:v:w', ':', 'keep', 'k', 'v:w'],
  ['v', ':', 'keep', undefined, 'v'],
  [':v', ':', 'keep', '', 'v'],
  ['k:', ':', 'keep', 'k', ''],
  [':v', ':', 'null', null, 'v'],
  ['k:', ':', 'null', 'k', null],
  ['', undefined, 'keep', undefined, ''],
  ['', undefined, 'null', undefined, null],
  ['k=>v', '=>', 'keep', 'k', 'v'],
];

for (const [line, delimiter, empty, key, value] of CASES) {
  test(`${JSON.stringify(line)} at ${delimiter ?? 'no delimiter'}, empty: ${empty}`, () => {
    const keyDelimiter = delimiter === undefined ? undefined : Buffer.from(delimiter);
    const record = recordFromLine(Buffer.from(line), { keyDelimiter, empty });
    assert.equal(record.key?.toString() ?? record.key, key);
    assert.equal(record.value?.toString() ?? null, value);
  });
}

test('a header option is name=value; without = its value is null', () => {
  assert.deepEqual(headerFromOption('a=b=c'), { key: 'a', value: Buffer.from('b=c') });
  assert.deepEqual(headerFromOption('a='), { key: 'a', value: Buffer.alloc(0) });
  assert.deepEqual(headerFromOption('a'), { key: 'a', value: null });
  assert.throws(() => headerFromOption('=b'), UsageError);
  assert.throws(() => headerFromOption(''), UsageError);
});
