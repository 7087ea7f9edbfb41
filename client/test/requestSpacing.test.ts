import assert from 'node:assert/strict';
import test from 'node:test';
import { RequestSpacing } from '../src/requestSpacing.ts';

function spacingAfter(roundTripMs: number, inFlightMax = 5): RequestSpacing {
  const spacing = new RequestSpacing(inFlightMax);
  for (let answer = 0; answer < 100; answer++) spacing.answered(roundTripMs);
  return spacing;
}

test('small batches are spread over the round trip', () => {
  assert.equal(spacingAfter(51).gapMs(1), 10);
  assert.equal(spacingAfter(51, 2).gapMs(1), 25);
});

test('what finds nothing in flight leaves at once', () => {
  assert.equal(spacingAfter(51).gapMs(0), 0);
});

test('a round trip too short to be divided is not, and a stall does not hold records back for long', () => {
  assert.equal(spacingAfter(4.9).gapMs(4), 0);
  assert.equal(spacingAfter(10_000).gapMs(1), 50);
});

test('one late answer moves it by an eighth', () => {
  const spacing = spacingAfter(8);
  spacing.answered(88);
  assert.equal(spacing.gapMs(1), 3);
});
