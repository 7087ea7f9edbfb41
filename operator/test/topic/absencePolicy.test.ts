import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AbsencePolicy, HOLD_MS, QUIET_MS } from '../../src/topic/absencePolicy.ts';

const SEEN = { name: 'orders', uid: 'u' };
const MINUTE = 60_000;

function kind(policy: AbsencePolicy, topicId: string, nowMs: number): string | undefined {
  return policy.verdict(topicId, nowMs)?.kind;
}

describe('the absence of a Topic', () => {
  it('that was seen to be deleted is believed once no other one goes', () => {
    const policy = new AbsencePolicy();
    policy.went('a', SEEN, 0, 9);
    assert.equal(kind(policy, 'a', QUIET_MS - 1), 'settling');
    policy.went('b', SEEN, 1000, 8);
    assert.equal(kind(policy, 'a', QUIET_MS), 'settling');
    assert.equal(kind(policy, 'a', QUIET_MS + 1000), 'due');
  });

  it('is believed within a minute though deletions never cease', () => {
    const policy = new AbsencePolicy();
    policy.went('a', SEEN, 0, 1e6);
    for (let atMs = 1000; atMs <= MINUTE; atMs += 1000) policy.went(`${atMs}`, SEEN, atMs, 1e6);
    assert.equal(kind(policy, 'a', MINUTE), 'due');
  });

  it('that nobody saw waits 10 min, however few they are', () => {
    const policy = new AbsencePolicy();
    policy.missing('a', 0, 9);
    policy.missing('a', 5 * MINUTE, 9);
    assert.equal(policy.seen('a'), undefined);
    assert.equal(kind(policy, 'a', HOLD_MS - 1), 'held');
    assert.equal(kind(policy, 'a', HOLD_MS), 'due');
  });

  it('waits 10 min from when Topics can be made again', () => {
    const policy = new AbsencePolicy();
    policy.went('a', SEEN, 0, 9);
    policy.refused('the kind is being deleted');
    policy.went('b', SEEN, 1000, 8);
    assert.equal(policy.verdict('a', 15 * MINUTE)?.waitMs, Number.POSITIVE_INFINITY);
    assert.equal(kind(policy, 'b', 15 * MINUTE), 'held');
    policy.allowed(15 * MINUTE);
    policy.allowed(16 * MINUTE);
    for (const topicId of ['a', 'b']) {
      assert.equal(kind(policy, topicId, 15 * MINUTE + HOLD_MS - 1), 'held');
      assert.equal(kind(policy, topicId, 15 * MINUTE + HOLD_MS), 'due');
    }
    policy.went('c', SEEN, 16 * MINUTE, 7);
    assert.equal(kind(policy, 'c', 17 * MINUTE), 'due');
  });

  it('of many waits 10 min, the first of them too', () => {
    const policy = new AbsencePolicy();
    for (let one = 0; one < 300; one++) {
      assert.notEqual(kind(policy, '0', one * 50), 'due');
      policy.went(`${one}`, SEEN, one * 50, 299 - one);
    }
    assert.equal(kind(policy, '0', MINUTE), 'held');
  });

  it('is forgotten when the Topic is there', () => {
    const policy = new AbsencePolicy();
    policy.went('a', SEEN, 0, 9);
    policy.forget('a');
    assert.equal(kind(policy, 'a', MINUTE), undefined);
    policy.missing('a', MINUTE, 9);
    assert.equal(kind(policy, 'a', 2 * MINUTE), 'held');
  });
});
