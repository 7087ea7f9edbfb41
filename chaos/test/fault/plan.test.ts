import assert from 'node:assert/strict';
import test from 'node:test';
import { ALL_FAULTS, FAULT_KINDS } from '../../src/fault/faultKind.ts';
import { type Round, rounds } from '../../src/fault/plan.ts';
import { SeededRandom } from '../../src/seededRandom.ts';

function planned(seed: number, count: number, atOnceMax = 4): Round[] {
  const plan = rounds(new SeededRandom(seed), { kinds: ALL_FAULTS, atOnceMax });
  return Array.from({ length: count }, () => plan.next().value);
}

test('a seed gives one plan', () => {
  assert.deepEqual(planned(7, 300), planned(7, 300));
  assert.notDeepEqual(planned(7, 300), planned(8, 300));
});

test('every kind comes once alone before faults are mixed', () => {
  const first = planned(3, ALL_FAULTS.length);
  assert.ok(first.every(({ faults, begins }) => faults.length === 1 && begins === 'whole'));
  const kinds = first.flatMap(({ faults }) => faults.map(({ kind }) => kind));
  assert.deepEqual(kinds.toSorted(), [...ALL_FAULTS].toSorted());
});

test('no round destroys the copies of two brokers, and all other faults mix', () => {
  const mixed = planned(1, 3000).map(({ faults }) => faults);
  for (const faults of mixed) {
    const destroying = faults.filter(({ kind }) => FAULT_KINDS[kind].destroys === 'copies');
    assert.ok(destroying.length <= 1);
  }
  assert.ok(mixed.some((faults) => faults.length === 4));
});

test('one at a time is one at a time, and each fault lasts as long as its kind may', () => {
  for (const { faults, restMs } of planned(5, 500, 1)) {
    assert.equal(faults.length, 1);
    assert.ok(restMs >= 0);
    for (const { kind, holdMs, afterMs } of faults) {
      const [least, most] = FAULT_KINDS[kind].holdMs;
      assert.ok(holdMs >= least && holdMs <= most && afterMs === 0);
    }
  }
});
