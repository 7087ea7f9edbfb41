import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PrintedRecord } from '../../src/record/printedRecord.ts';
import { recordToJson } from '../../src/record/recordJson.ts';
import { recordFromJson } from '../../src/record/recordJsonInput.ts';

const RECORD: PrintedRecord = {
  topic: 'flights',
  partition: 3,
  offset: 12,
  timestampMs: 1700000000123,
  key: Buffer.from('JFK'),
  value: Buffer.from([0xff, 0x00]),
  headers: [
    { key: 'a', value: Buffer.from('"1"\n') },
    { key: 'a', value: null },
    { key: '', value: Buffer.from([0x80]) },
  ],
};

test('the envelope is one line: text as strings, other bytes as marked base64', () => {
  assert.equal(
    recordToJson(RECORD),
    '{"topic":"flights","partition":3,"offset":12,"ts":1700000000123,' +
      '"headers":["a","\\"1\\"\\n","a",null,"",{"base64":"gA=="}],' +
      '"key":"JFK","payload":{"base64":"/wA="}}',
  );
});

const bytes = fc.option(
  fc.oneof(
    fc.uint8Array().map((array) => Buffer.from(array)),
    fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
    fc.constantFrom('', '\ufeff', '\u2028', '\0', '"\\').map((text) => Buffer.from(text)),
  ),
  { nil: null },
);
const headerName = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed());
const record: fc.Arbitrary<PrintedRecord> = fc.record(
  {
    topic: fc.constant('t'),
    partition: fc.nat(),
    offset: fc.maxSafeNat(),
    timestampMs: fc.maxSafeNat(),
    key: bytes,
    value: bytes,
    headers: fc.array(fc.record({ key: headerName, value: bytes }, { noNullPrototype: true }), {
      maxLength: 4,
    }),
  },
  { noNullPrototype: true },
);

test('what is printed is read back to the same record', () => {
  fc.assert(
    fc.property(record, (printed) => {
      const line = recordToJson(printed);
      assert.ok(!line.includes('\n'));
      const { topic: _topic, offset: _offset, ...kept } = printed;
      assert.deepEqual(recordFromJson(line), kept);
    }),
  );
});

const READ: readonly [what: string, line: string, expected: object][] = [
  ['a payload alone', '{"payload":"v"}', { value: Buffer.from('v'), headers: [] }],
  [
    'a tombstone',
    '{"key":"k","payload":null}',
    { key: Buffer.from('k'), value: null, headers: [] },
  ],
  [
    'empty strings',
    '{"key":"","payload":""}',
    { key: Buffer.of(), value: Buffer.of(), headers: [] },
  ],
  [
    "kcat's envelope",
    '{"topic":"x","partition":1,"offset":7,"tstype":"create","ts":5,"broker":1,"headers":["h","1"],"key":null,"payload":"v"}',
    {
      partition: 1,
      timestampMs: 5,
      headers: [{ key: 'h', value: Buffer.from('1') }],
      key: null,
      value: Buffer.from('v'),
    },
  ],
  [
    "rpk's envelope",
    '{"topic":"x","value":"v","headers":[{"key":"h","value":"1"},{"key":"n"}],"timestamp":5,"partition":0,"offset":9}',
    {
      partition: 0,
      timestampMs: 5,
      headers: [
        { key: 'h', value: Buffer.from('1') },
        { key: 'n', value: null },
      ],
      value: Buffer.from('v'),
    },
  ],
];

for (const [what, line, expected] of READ) {
  test(`${what} is read`, () => assert.deepEqual(recordFromJson(line), expected));
}

test('a record without a time gets that of its sending', () => {
  assert.equal(recordFromJson('{"payload":"","ts":-1}').timestampMs, undefined);
  assert.equal(recordFromJson('{"payload":"","ts":null}').timestampMs, undefined);
});

const REFUSED: readonly [line: string, message: RegExp][] = [
  ['', /JSON/],
  ['[]', /not a JSON object/],
  ['null', /not a JSON object/],
  ['"text"', /not a JSON object/],
  ['{}', /"payload" is missing/],
  ['{"payload":"a","value":"b"}', /both/],
  ['{"payload":1}', /"payload"/],
  ['{"payload":{"base64":"?"}}', /base64/],
  ['{"payload":{"base64":"YQ"}}', /base64/],
  ['{"payload":{"base64":"YQ==","x":1}}', /"payload"/],
  ['{"payload":"\\ud800"}', /surrogate/],
  ['{"payload":"v","headers":["a"]}', /alternate/],
  ['{"payload":"v","headers":{"a":"b"}}', /not an array/],
  ['{"payload":"v","headers":[1,"b"]}', /header name/],
  ['{"payload":"v","partition":-1}', /"partition"/],
  ['{"payload":"v","partition":1.5}', /"partition"/],
  ['{"payload":"v","ts":"now"}', /"ts"/],
  ['{"payload":"v","ts":-2}', /"ts"/],
  ['{"payload":"v","ts":9007199254740993}', /"ts"/],
  ['{"payload":"v","payload_base64":"YQ=="}', /unknown field "payload_base64"/],
];

for (const [line, message] of REFUSED) {
  test(`${line || 'an empty line'} is refused`, () =>
    assert.throws(() => recordFromJson(line), message));
}
