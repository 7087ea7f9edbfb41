import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeMessage,
  encodeMessage,
  readStatus,
  Status,
  statusOfHttp,
  statusOfReset,
  statusTrailers,
} from '@millrace/wire/status';
import fc from 'fast-check';

test('any text survives grpc-message, and only printable ASCII is on the wire', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
      const encoded = encodeMessage(text);
      assert.match(encoded, /^[ -~]*$/);
      assert.equal(decodeMessage(encoded), text);
    }),
  );
});

test('malformed escapes in grpc-message stay as they are', () => {
  assert.equal(decodeMessage('100% %zz %4'), '100% %zz %4');
  assert.equal(decodeMessage('%41%'), 'A%');
});

test('an overlong message is cut at a whole character', () => {
  const encoded = encodeMessage('ü'.repeat(5000));
  assert.ok(encoded.length <= 2048);
  assert.match(decodeMessage(encoded), /^ü+$/);
});

test('trailers carry code, message and details', () => {
  const status = { code: Status.NOT_FOUND, message: 'nö', details: Buffer.from([0, 255, 1, 254]) };
  const trailers = statusTrailers(status);
  assert.equal(trailers['grpc-status-details-bin'], 'AP8B/g');
  assert.deepEqual(readStatus(trailers as Record<string, string>), status);
});

test('details too long for trailers are left out rather than losing the status', () => {
  const trailers = statusTrailers({
    code: Status.INTERNAL,
    message: '',
    details: Buffer.alloc(10_000),
  });
  assert.deepEqual(trailers, { 'grpc-status': '13' });
});

test('a code that gRPC does not know reads as UNKNOWN, no code as no status', () => {
  for (const raw of ['17', '-1', 'x', '', '1e0', '999'])
    assert.equal(readStatus({ 'grpc-status': raw })?.code, Status.UNKNOWN);
  assert.equal(readStatus({}), undefined);
});

test('HTTP statuses and resets map as the specification says', () => {
  assert.deepEqual(
    [400, 401, 403, 404, 429, 500, 502, 503, 504].map((http) => statusOfHttp(http).code),
    [13, 16, 7, 12, 14, 2, 14, 14, 14],
  );
  assert.equal(statusOfReset(7).code, Status.UNAVAILABLE);
  assert.equal(statusOfReset(7).unprocessed, true);
  assert.equal(statusOfReset(8).code, Status.CANCELLED);
  assert.equal(statusOfReset(11).code, Status.RESOURCE_EXHAUSTED);
  assert.equal(statusOfReset(2).code, Status.INTERNAL);
});
