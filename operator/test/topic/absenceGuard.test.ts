import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AbsenceGuard } from '../../src/topic/absenceGuard.ts';

const MINUTE = 60_000;

function gone(times: number, left: number, atMs = 0, guard = new AbsenceGuard()): AbsenceGuard {
  for (let one = times; one > 0; one--) guard.note(atMs, left + one - 1);
  return guard;
}

describe('the guard of deletions', () => {
  it('lets five Topics go, however many there were', () => {
    assert.equal(gone(5, 0).heldMs(0), 0);
  });

  it('holds back for 10 min when more than five and a third of all go within a minute', () => {
    const guard = gone(6, 10);
    assert.equal(guard.heldMs(0), 10 * MINUTE);
    assert.equal(guard.heldMs(4 * MINUTE), 6 * MINUTE);
    assert.equal(guard.heldMs(10 * MINUTE), 0);
  });

  it('does not mind a few of very many', () => {
    assert.equal(gone(100, 300).heldMs(0), 0);
  });

  it('forgets what went more than a minute ago', () => {
    const guard = gone(5, 5);
    assert.equal(gone(5, 0, MINUTE, guard).heldMs(MINUTE), 0);
  });
});
