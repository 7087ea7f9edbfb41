import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RecordOptions, recordReader } from '../../src/commands/recordReader.ts';
import { InputError } from '../../src/inputError.ts';
import { UsageError } from '../../src/usageError.ts';

const BASE = {
  topic: 't',
  key: null,
  headers: undefined,
  partition: undefined,
  timestampMs: undefined,
};
const header = (key: string, value: string | null) => ({
  key,
  value: value === null ? null : Buffer.from(value),
});

const CASES: readonly [what: string, options: RecordOptions, piece: string, record: object][] = [
  ['a line is a value', {}, 'v', { value: Buffer.from('v') }],
  ['a fixed key applies', { key: 'f' }, 'v', { key: Buffer.from('f'), value: Buffer.from('v') }],
  [
    'a key in the line wins over the fixed one',
    { key: 'f', keyDelimiter: '\\t' },
    'k\tv',
    { key: Buffer.from('k'), value: Buffer.from('v') },
  ],
  [
    'a null key in the line wins over the fixed one',
    { key: 'f', keyDelimiter: ':', null: true },
    ':',
    { key: null, value: null },
  ],
  [
    'headers are added to every line',
    { header: ['a=1', 'a'] },
    'v',
    { value: Buffer.from('v'), headers: [header('a', '1'), header('a', null)] },
  ],
  [
    'the partition is that of the option',
    { partition: 3 },
    'v',
    { value: Buffer.from('v'), partition: 3 },
  ],
  [
    'an envelope brings its own partition, headers and time',
    { json: true, header: ['b=2'], key: 'f' },
    '{"partition":1,"ts":5,"headers":["a","1"],"key":null,"payload":"v"}',
    {
      value: Buffer.from('v'),
      partition: 1,
      timestampMs: 5,
      headers: [header('a', '1'), header('b', '2')],
    },
  ],
  [
    'an envelope without a key takes the fixed one',
    { json: true, key: 'f', partition: 2 },
    '{"partition":1,"payload":null}',
    { key: Buffer.from('f'), value: null, partition: 2 },
  ],
  [
    '-p -1 leaves the partition to the key, whatever the envelope says',
    { json: true, partition: -1 },
    '{"partition":1,"payload":""}',
    { value: Buffer.alloc(0) },
  ],
];

for (const [what, options, piece, record] of CASES) {
  test(what, () => {
    const read = recordReader('t', options);
    assert.deepEqual(
      read(Buffer.from(piece), () => 'stdin:1'),
      { ...BASE, ...record },
    );
  });
}

test('a bad envelope is reported with its place', () => {
  const read = recordReader('t', { json: true });
  assert.throws(() => read(Buffer.from('{}'), () => 'a.json:7'), {
    name: InputError.name,
    message: /^a\.json:7: "payload" is missing/,
  });
});

test('options that contradict each other are usage errors', () => {
  assert.throws(() => recordReader('t', { json: true, keyDelimiter: ':' }), UsageError);
  assert.throws(() => recordReader('t', { json: true, null: true }), UsageError);
  assert.throws(() => recordReader('t', { keyDelimiter: '' }), UsageError);
  assert.throws(() => recordReader('t', { header: ['=x'] }), UsageError);
});
