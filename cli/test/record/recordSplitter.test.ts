import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../../src/inputError.ts';
import { RecordSplitter } from '../../src/record/recordSplitter.ts';

function split(chunks: readonly Buffer[], delimiter: string, recordBytesMax = 1000): string[] {
  const splitter = new RecordSplitter(Buffer.from(delimiter, 'latin1'), recordBytesMax);
  const records: Buffer[] = [];
  for (const chunk of chunks) records.push(...splitter.push(chunk));
  const last = splitter.end();
  if (last !== undefined) records.push(last);
  return records.map((record) => record.toString('latin1'));
}

const CASES: readonly [text: string, delimiter: string, records: string[]][] = [
  ['', '\n', []],
  ['a', '\n', ['a']],
  ['a\n', '\n', ['a']],
  ['a\nb', '\n', ['a', 'b']],
  ['\n\na\n\n', '\n', ['', '', 'a', '']],
  ['a\r\nb\r\n', '\n', ['a\r', 'b\r']],
  ['a\r\nb\rc\r\n', '\r\n', ['a', 'b\rc']],
  ['a--b-c-', '--', ['a', 'b-c-']],
  ['aaa', 'aa', ['', 'a']],
];

for (const [text, delimiter, records] of CASES) {
  test(`${JSON.stringify(text)} at ${JSON.stringify(delimiter)} gives ${JSON.stringify(records)}`, () => {
    assert.deepEqual(split([Buffer.from(text)], delimiter), records);
  });
}

test('how the input was cut into chunks makes no difference', () => {
  const text = fc.array(fc.constantFrom('a', '-', '\n', 'b'), { maxLength: 40 });
  const delimiter = fc.constantFrom('\n', '-', '--', '-\n', 'ab-', '---');
  fc.assert(
    fc.property(text, delimiter, fc.array(fc.nat(40)), (letters, cut, cuts) => {
      const whole = letters.join('');
      const marks = [...new Set([0, ...cuts.filter((at) => at < whole.length), whole.length])];
      marks.sort((a, b) => a - b);
      const chunks = marks.slice(1).map((to, index) => Buffer.from(whole.slice(marks[index], to)));
      const expected = whole.split(cut);
      if (expected.at(-1) === '') expected.pop();
      assert.deepEqual(split(chunks, cut), expected);
    }),
    { numRuns: 2000 },
  );
});

test('a record above the limit is refused before it is held in memory', () => {
  assert.deepEqual(split([Buffer.from('1234\n12345')], '\n', 5), ['1234', '12345']);
  assert.throws(() => split([Buffer.from('123456\n')], '\n', 5), InputError);
  const endless = Array.from({ length: 10 }, () => Buffer.from('123'));
  assert.throws(() => split(endless, '\n', 5), InputError);
});
