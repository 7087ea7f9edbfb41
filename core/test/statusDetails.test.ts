import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorCode, millraceError, type ErrorDetails } from '../src/errors.ts';
import { decodeStatusDetails, encodeStatusDetails } from '../src/statusDetails.ts';
import golden from './fixtures/statusDetails.json' with { type: 'json' };

const CASES: [keyof typeof golden.details, ErrorCode, string, ErrorDetails][] = [
  ['notLeader', 'NOT_LEADER', 'orders/3 is led by broker 2', { leader: '10.0.0.2:7071' }],
  ['deadline', 'DEADLINE_EXCEEDED', 'no answer in time €', { retryAfterMs: 2500 }],
  ['fatal', 'UNKNOWN_TOPIC', 'no topic is named x', {}],
];

test('the bytes are those of a protobuf library, both ways', () => {
  for (const [name, code, message, details] of CASES) {
    const error = millraceError(code, message, details);
    assert.equal(encodeStatusDetails(error).toString('hex'), golden.details[name], name);
    const read = decodeStatusDetails(Buffer.from(golden.details[name], 'hex'));
    assert.ok(read !== undefined);
    for (const field of ['code', 'message', 'outcome', 'retryAfterMs', 'leader'] as const) {
      assert.equal(read[field], error[field], `${name}.${field}`);
    }
  }
});

test('a code of a newer broker keeps its outcome and its name', () => {
  const read = decodeStatusDetails(Buffer.from(golden.details.newer, 'hex'));
  assert.equal(read?.code, 'INTERNAL');
  assert.equal(read?.outcome, 'applied');
  assert.match(read?.message ?? '', /^CODE_OF_TOMORROW: from later$/);
});

test('details of others, and bytes that are none, are no error of ours', () => {
  assert.equal(decodeStatusDetails(Buffer.from(golden.details.foreign, 'hex')), undefined);
  const whole = Buffer.from(golden.details.notLeader, 'hex');
  for (let end = 0; end < whole.length; end++) decodeStatusDetails(whole.subarray(0, end));
  for (let at = 0; at < whole.length * 8; at++) {
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(at >> 3) ^ (1 << (at & 7)), at >> 3);
    decodeStatusDetails(flipped);
  }
});
