import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millraceError } from '@millrace/core/errors';
import { ProduceOutcome } from '../../src/commands/produceOutcome.ts';
import { OutputBuffer } from '../../src/output/outputBuffer.ts';

const ACKNOWLEDGED = { topic: 't', partition: 2, baseOffset: 7, recordCount: 2, error: undefined };

test('receipts are a line for each acknowledged record', () => {
  const text = new OutputBuffer();
  const outcome = new ProduceOutcome(text, 'text');
  outcome.add(ACKNOWLEDGED);
  assert.equal(text.take().toString(), '2 7\n2 8\n');
  assert.equal(outcome.error(), undefined);
  const json = new OutputBuffer();
  new ProduceOutcome(json, 'json').add({ ...ACKNOWLEDGED, recordCount: 1 });
  assert.equal(json.take().toString(), '{"topic":"t","partition":2,"offset":7}\n');
  const none = new OutputBuffer();
  new ProduceOutcome(none, 'none').add(ACKNOWLEDGED);
  assert.equal(none.length, 0);
});

test('the error counts what was not acknowledged and says the worst outcome', () => {
  const outcome = new ProduceOutcome(new OutputBuffer(), 'text');
  outcome.add(ACKNOWLEDGED);
  const full = millraceError('DISK_FULL', 'no space');
  const lost = millraceError('UNAVAILABLE', 'connection lost');
  outcome.add({ ...ACKNOWLEDGED, baseOffset: -1, error: full });
  outcome.add({ ...ACKNOWLEDGED, baseOffset: -1, recordCount: 1, error: lost });
  const error = outcome.error();
  assert.equal(error?.code, 'DISK_FULL');
  assert.equal(error.message, '3 of 5 records were not acknowledged: no space');
  assert.equal(error.outcome, 'unknown');
  assert.equal(outcome.acknowledged, 2);
});
