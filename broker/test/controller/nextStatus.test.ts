import assert from 'node:assert/strict';
import test from 'node:test';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import { allControllerRules } from '../../src/controller/controllerRules.ts';
import { nextStep } from '../../src/controller/nextStatus.ts';
import type { PartitionView } from '../../src/controller/partitionView.ts';
import { away, copy, emptyReport, ids, leader, live, status, view } from './partitionCases.ts';

function next(of: PartitionView): PartitionStatus | undefined {
  return nextStep(of, allControllerRules).status;
}

const three = [live(1), live(2), live(3)];

test('nothing changes while everybody is there', () => {
  assert.equal(next(view(three)), undefined);
});

test('a leader that is silent and not proven dead goes on', () => {
  assert.equal(next(view([away(1, 'silent'), live(2), live(3)])), undefined);
});

interface Fence {
  readonly name: string;
  readonly of: PartitionView;
  readonly leader: string | null;
  readonly isr: CopyName[];
  readonly eligible: CopyName[];
  readonly leaderEpoch: number;
}

const fences: Fence[] = [
  {
    name: 'a dead leader is replaced by the next replica in sync, and leaves the ISR',
    of: view([away(1, 'dead'), live(2), live(3)]),
    leader: leader(2),
    isr: [copy(2), copy(3)],
    eligible: [],
    leaderEpoch: 4,
  },
  {
    name: 'a dead follower leaves the ISR without an election',
    of: view([live(1), live(2), away(3, 'dead')]),
    leader: leader(1),
    isr: [copy(1), copy(2)],
    eligible: [],
    leaderEpoch: 3,
  },
  {
    name: 'who leaves an ISR that falls below m becomes eligible',
    of: view([away(1, 'dead'), away(2, 'dead'), live(3)]),
    leader: leader(3),
    isr: [copy(3)],
    eligible: [copy(1), copy(2)],
    leaderEpoch: 4,
  },
  {
    name: 'the last member stays in the ISR, leaderless',
    of: view([away(1, 'dead')], status({ isr: [copy(1)], eligible: [copy(2)] })),
    leader: null,
    isr: [copy(1)],
    eligible: [copy(2)],
    leaderEpoch: 4,
  },
  {
    name: 'when all die at once the leader is the last that stays',
    of: view([away(1, 'dead'), away(2, 'dead'), away(3, 'dead')]),
    leader: null,
    isr: [copy(1)],
    eligible: [copy(2), copy(3)],
    leaderEpoch: 4,
  },
  {
    name: 'of a broker that started anew the same copy leads in another epoch',
    of: view([live(1, { bootId: live(9).bootId }), live(2), live(3)]),
    leader: `${copy(1)}:${live(9).bootId}`,
    isr: [copy(1), copy(2), copy(3)],
    eligible: [],
    leaderEpoch: 4,
  },
  {
    name: 'a copy that was minted anew is out, though its broker is there',
    of: view([live(1, { copy: emptyReport(9) }), live(2), live(3)]),
    leader: leader(2),
    isr: [copy(2), copy(3)],
    eligible: [],
    leaderEpoch: 4,
  },
  {
    name: 'an eligible copy is elected when nobody in sync is left, and is then the whole ISR',
    of: view(
      [away(1, 'dead'), live(2)],
      status({ leader: null, isr: [copy(1)], eligible: [copy(2)] }),
    ),
    leader: leader(2),
    isr: [copy(2)],
    eligible: [copy(1)],
    leaderEpoch: 4,
  },
  {
    name: 'a broker that stops leaves the ISR and hands over in one change',
    of: view([live(1, { leaving: true }), live(2), live(3)]),
    leader: leader(2),
    isr: [copy(2), copy(3)],
    eligible: [],
    leaderEpoch: 4,
  },
  {
    name: 'a broker that drains hands over, and stays in sync until its replicas are elsewhere',
    of: view([live(1, { avoided: true }), live(2), live(3)]),
    leader: leader(2),
    isr: [copy(1), copy(2), copy(3)],
    eligible: [],
    leaderEpoch: 4,
  },
];

for (const { name, of, ...expected } of fences) {
  test(name, () => {
    const decided = next(of);
    assert.ok(decided !== undefined);
    const { leader: leads, isr, eligible, leaderEpoch } = decided;
    assert.deepEqual({ leader: leads, isr, eligible, leaderEpoch }, expected);
    assert.equal(decided.epoch, 6);
  });
}

test('neither an ISR member that is not there nor a copy that nobody reports is elected', () => {
  const committed = status({ leader: null, isr: [copy(1)], eligible: [copy(2)] });
  assert.equal(next(view([away(1, 'silent'), live(3)], committed)), undefined);
  const gone = live(2, { copy: emptyReport(9) });
  assert.equal(next(view([away(1, 'dead'), gone, live(3)], committed)), undefined);
});

test('a draining broker leads where nobody else can', () => {
  const lone = status({ isr: [copy(1)], eligible: [copy(2), copy(3)] });
  assert.equal(next(view([live(1, { avoided: true }), away(2, 'dead')], lone)), undefined);
});

test('m changes in a change of its own epoch that clears the eligible', () => {
  const committed = status({ isr: [copy(1)], eligible: [copy(2)] });
  const changed = next(view(three, committed, { minIsr: 1 }));
  assert.ok(changed !== undefined);
  const { minIsr, eligible, epoch } = changed;
  assert.deepEqual({ minIsr, eligible, epoch }, { minIsr: 1, eligible: [], epoch: 6 });
});

test('m does not change while eligible copies are all that could lead', () => {
  const committed = status({ leader: null, isr: [copy(1)], eligible: [copy(2)] });
  assert.equal(next(view([away(1, 'dead'), away(2, 'dead')], committed, { minIsr: 1 })), undefined);
});

test('a replica whose broker lost its directory is created empty, to follow', () => {
  const step = nextStep(view([live(1), live(2), live(3, { copy: undefined })]), allControllerRules);
  assert.deepEqual(step.create, ids(3));
  assert.deepEqual(step.status?.isr, [copy(1), copy(2)]);
});
