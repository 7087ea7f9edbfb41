import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ERROR_TABLE,
  isErrorCode,
  MillraceError,
  millraceError,
  toMillraceError,
} from '../src/errors.ts';

test('every row has a gRPC status, advice as a sentence, and a wait only where a retry helps', () => {
  for (const [code, row] of Object.entries(ERROR_TABLE)) {
    assert.match(code, /^[A-Z][A-Z_]*[A-Z]$/);
    assert.ok(row.grpcStatus >= 1 && row.grpcStatus <= 16, code);
    assert.match(row.advice, /^[A-Z].*\.$/, code);
    if (!row.retriable) assert.equal(row.retryAfterMs, 0, code);
  }
});

test('an error takes its defaults from the table and lets the thrower know better', () => {
  const before = millraceError('DEADLINE_EXCEEDED', 'late', { outcome: 'not-applied' });
  assert.equal(before.outcome, 'not-applied');
  assert.equal(before.retriable, true);
  assert.equal(before.grpcStatus, 4);
  const cause = new Error('EIO');
  const storage = millraceError('STORAGE_FAILED', 'sync', { cause, retryAfterMs: 7 });
  assert.equal(storage.outcome, 'unknown');
  assert.equal(storage.cause, cause);
  assert.equal(storage.retryAfterMs, 7);
  assert.equal('cause' in millraceError('INTERNAL', 'x'), false);
});

test('what is thrown at a boundary becomes a MillraceError', () => {
  const own = millraceError('LOADING', 'x');
  assert.equal(toMillraceError(own), own);
  const foreign = toMillraceError(new TypeError('boom'));
  assert.ok(foreign instanceof MillraceError);
  assert.equal(foreign.code, 'INTERNAL');
  assert.equal(foreign.outcome, 'unknown');
  assert.equal(toMillraceError('text').message, 'text');
});

test('only codes of the table are codes', () => {
  assert.equal(isErrorCode('NOT_LEADER'), true);
  assert.equal(isErrorCode('toString'), false);
});
