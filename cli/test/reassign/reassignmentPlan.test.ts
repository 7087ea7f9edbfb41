import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { planReassignment, type Replicas } from '../../src/reassign/reassignmentPlan.ts';

const brokers = (...ids: number[]) => ids.map((id) => ({ id, rack: '' }));

function spread(counts: readonly number[]): number {
  return Math.max(...counts) - Math.min(...counts);
}

function held(plan: readonly Replicas[], id: number): number {
  return plan.flat().filter((other) => other === id).length;
}

test('what lies evenly stays where it is', () => {
  const even = [
    [0, 1, 2],
    [1, 2, 0],
    [2, 0, 1],
  ];
  assert.deepEqual(planReassignment(even, brokers(0, 1, 2)), even);
});

test('a broker that is not among the targets is replaced in its place, and nothing else moves', () => {
  const plan = planReassignment(
    [
      [0, 1],
      [2, 3],
    ],
    brokers(0, 1, 2),
  );
  assert.deepEqual(
    plan.map((replicas) => replicas.toSorted((left, right) => left - right)),
    [
      [0, 1],
      [0, 2],
    ],
  );
});

test('a new broker takes its share', () => {
  const plan = planReassignment(
    Array.from({ length: 6 }, (_, at) => [at % 2, (at + 1) % 2]),
    brokers(0, 1, 2),
  );
  assert.deepEqual(
    [0, 1, 2].map((id) => held(plan, id)),
    [4, 4, 4],
  );
  assert.ok(spread([0, 1, 2].map((id) => plan.filter(([first]) => first === id).length)) <= 1);
});

test('racks stay as different as they were', () => {
  const racks = ['a', 'a', 'b', 'b'];
  const targets = racks.map((rack, id) => ({ id, rack }));
  const plan = planReassignment(
    [
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 2],
    ],
    targets,
  );
  for (const replicas of plan) assert.equal(new Set(replicas.map((id) => racks[id])).size, 2);
  assert.deepEqual(
    [0, 1, 2, 3].map((id) => held(plan, id)),
    [2, 2, 2, 2],
  );
});

test('more replicas than brokers are refused', () => {
  assert.throws(() => planReassignment([[0, 1, 2]], brokers(0, 1)), { name: 'UsageError' });
});

test('any plan keeps the number of replicas, names targets alone, none twice, and is even', () => {
  const partition = fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(
      fc.array(partition, { minLength: 1, maxLength: 30 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 6 }),
      (partitions, ids) => {
        const plan = planReassignment(partitions, brokers(...ids));
        for (const [at, replicas] of plan.entries()) {
          assert.equal(replicas.length, partitions[at]?.length);
          assert.equal(new Set(replicas).size, replicas.length);
          assert.ok(replicas.every((id) => ids.includes(id)));
        }
        assert.ok(spread(ids.map((id) => held(plan, id))) <= 1);
      },
    ),
    { seed: 4 },
  );
});
