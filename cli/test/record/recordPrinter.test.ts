import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutputBuffer } from '../../src/output/outputBuffer.ts';
import { type PrintOptions, recordPrinter } from '../../src/record/recordPrinter.ts';
import { UsageError } from '../../src/usageError.ts';

const RECORD = {
  topic: 't',
  partition: 0,
  offset: 1,
  timestampMs: 5,
  key: Buffer.from('k'),
  value: null,
  headers: [],
};

const CASES: readonly [what: string, options: Partial<PrintOptions>, text: string][] = [
  ['the value and a newline', {}, '\n'],
  ['-Z shows null', { null: true }, 'NULL\n'],
  ['-K puts the key before it', { keyDelimiter: '\\t' }, 'k\t\n'],
  ['-D ends a record', { delimiter: '%\\x00', null: true }, 'NULL%\0'],
  ['an escaped percent sign delimits as well', { keyDelimiter: '\\%', delimiter: '' }, 'k%'],
  ['-f goes before -K and -D', { format: '%o', keyDelimiter: ':', delimiter: ';' }, '1'],
  [
    '-J prints the envelope',
    { json: true, delimiter: ';' },
    '{"topic":"t","partition":0,"offset":1,"ts":5,"headers":[],"key":"k","payload":null};',
  ],
];

for (const [what, options, text] of CASES) {
  test(what, () => {
    const out = new OutputBuffer();
    recordPrinter({ output: 'text', ...options })(RECORD, out);
    assert.equal(out.take().toString(), text);
  });
}

test('--output json prints the envelope, too, and -f contradicts it', () => {
  const out = new OutputBuffer();
  recordPrinter({ output: 'json' })(RECORD, out);
  assert.ok(out.take().toString().startsWith('{"topic"'));
  assert.throws(() => recordPrinter({ output: 'json', format: '%s' }), UsageError);
});
