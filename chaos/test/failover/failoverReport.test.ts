import assert from 'node:assert/strict';
import test from 'node:test';
import { spread } from '../../src/failover/failoverReport.ts';
import { FirstAcks } from '../../src/load/firstAcks.ts';

test('percentiles are those of the nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual(spread(values), { samples: 100, p50: 50, p99: 99, max: 100 });
  assert.deepEqual(spread([7]), { samples: 1, p50: 7, p99: 7, max: 7 });
  assert.deepEqual(spread([]), { samples: 0, p50: 0, p99: 0, max: 0 });
});

test('only a record that was sent after the blow ends the wait, and only in its own partition', async () => {
  const acks = new FirstAcks();
  const first = acks.after(1, 100, 60_000);
  acks.acknowledged(1, 99, 150);
  acks.acknowledged(0, 120, 160);
  acks.acknowledged(1, 101, 170);
  acks.acknowledged(1, 102, 180);
  assert.equal(await first, 170);
});

test('a wait that is never met ends with its time', async () => {
  assert.equal(await new FirstAcks().after(0, 0, 5), undefined);
});
