import assert from 'node:assert/strict';
import test from 'node:test';
import {
  ERROR_TABLE,
  type ErrorCode,
  isErrorCode,
  millraceError,
  type Outcome,
} from '@millrace/core/errors';
import { retryDecision } from '../src/retryDecision.ts';

const CODES: readonly ErrorCode[] = Object.keys(ERROR_TABLE).filter(isErrorCode);
const decide = (code: ErrorCode, outcome: Outcome, unknownOutcome: 'retry' | 'surface') =>
  retryDecision(millraceError(code, '', { outcome }), { unknownOutcome });

test('retries follow the outcome, the table and whether metadata may be stale', () => {
  const cases: [ErrorCode, Outcome, 'surface' | 'retry', string][] = [
    ['BUFFER_FULL', 'not-applied', 'surface', 'retry'],
    ['DISK_FULL', 'not-applied', 'surface', 'retry'],
    ['NOT_ENOUGH_REPLICAS', 'not-applied', 'surface', 'retry'],
    ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'unknown', 'surface', 'fail'],
    ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'unknown', 'retry', 'retry'],
    ['NOT_LEADER', 'not-applied', 'surface', 'refresh-then-retry'],
    ['FENCED_EPOCH', 'not-applied', 'surface', 'refresh-then-retry'],
    ['UNKNOWN_TOPIC', 'not-applied', 'surface', 'refresh-then-retry'],
    ['UNKNOWN_PARTITION', 'not-applied', 'surface', 'refresh-then-retry'],
    ['UNAVAILABLE', 'not-applied', 'surface', 'refresh-then-retry'],
    ['UNAVAILABLE', 'unknown', 'surface', 'fail'],
    ['UNAVAILABLE', 'unknown', 'retry', 'refresh-then-retry'],
    ['SHUTTING_DOWN', 'not-applied', 'surface', 'refresh-then-retry'],
    ['DEADLINE_EXCEEDED', 'unknown', 'surface', 'fail'],
    ['CORRUPT_BATCH', 'not-applied', 'retry', 'fail'],
    ['INVALID_RECORD', 'not-applied', 'retry', 'fail'],
    ['PRODUCER_FENCED', 'not-applied', 'retry', 'fail'],
    ['INTERNAL', 'unknown', 'retry', 'fail'],
    ['STORAGE_FAILED', 'applied', 'retry', 'fail'],
  ];
  for (const [code, outcome, policy, expected] of cases) {
    assert.equal(decide(code, outcome, policy), expected, `${code} ${outcome} ${policy}`);
  }
});

test('no code is sent again with outcome applied, nor with outcome unknown unless allowed', () => {
  for (const code of CODES) {
    assert.equal(decide(code, 'applied', 'retry'), 'fail', code);
    assert.equal(decide(code, 'unknown', 'surface'), 'fail', code);
  }
});
