import assert from 'node:assert/strict';
import test from 'node:test';
import { AckGaps, longestWithin } from '../../src/history/ackGaps.ts';

test('a partition that goes without an acknowledgement has a gap, the others have none', () => {
  const gaps = new AckGaps(2, 0);
  for (const ms of [50, 100, 2100, 2150]) gaps.acknowledged(0, ms);
  for (let ms = 0; ms <= 2150; ms += 50) gaps.acknowledged(1, ms);
  assert.deepEqual(gaps.gaps, [{ partition: 0, fromMs: 100, toMs: 2100 }]);
});

test('the oldest last acknowledgement is that of the partition that waits longest', () => {
  const gaps = new AckGaps(3, 10);
  gaps.acknowledged(0, 500);
  gaps.acknowledged(2, 700);
  assert.equal(gaps.oldestLastMs, 10);
  gaps.acknowledged(1, 600);
  assert.equal(gaps.oldestLastMs, 500);
});

test('the longest gap of a time is the longest that reaches into it', () => {
  const gaps = [
    { partition: 0, fromMs: 0, toMs: 900 },
    { partition: 1, fromMs: 1000, toMs: 1500 },
    { partition: 0, fromMs: 1100, toMs: 1300 },
  ];
  assert.equal(longestWithin(gaps, 950, 2000), gaps[1]);
  assert.equal(longestWithin(gaps, 900, 1000), gaps[0]);
  assert.equal(longestWithin(gaps, 1501, 3000), undefined);
});
