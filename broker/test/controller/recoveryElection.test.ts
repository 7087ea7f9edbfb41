import assert from 'node:assert/strict';
import test from 'node:test';
import { toBrokerId, toOffset } from '@millrace/core/ids';
import type { CopyReport } from '../../src/cluster/sessionMessages.ts';
import { allControllerRules } from '../../src/controller/controllerRules.ts';
import { nextStep } from '../../src/controller/nextStatus.ts';
import type { PartitionView, ReplicaView } from '../../src/controller/partitionView.ts';
import { away, copy, copyIdOf, ids, leader, live, report, status, view } from './partitionCases.ts';

const recovering = status({ leader: null, isr: [], leaderEpoch: 8, epoch: 9 });

function answer(broker: number, over: Partial<CopyReport> = {}) {
  const copyReport = report(broker, { adoptedEpoch: 8, ...over });
  return { brokerId: toBrokerId(broker), copy: copyReport };
}

function recovery(
  answers: ReturnType<typeof answer>[],
  replicas: readonly ReplicaView[] = [live(1), live(2), live(3)],
  over: Partial<PartitionView> = {},
) {
  return nextStep(view(replicas, recovering, { answers, ...over }), allControllerRules);
}

test('a store with lower epochs than a copy has seen begins a recovery above all that were seen', () => {
  const ahead = [live(1), live(2, { copy: report(2, { seenLeaderEpoch: 7, seenEpoch: 20 }) })];
  const begun = nextStep(view(ahead), allControllerRules).status;
  assert.deepEqual(
    [begun?.leader, begun?.isr, begun?.eligible, begun?.leaderEpoch, begun?.epoch],
    [null, [], [], 65_536, 21],
  );
});

test('an epoch adopted for an earlier recovery counts as seen', () => {
  const adopted = [live(1, { copy: report(1, { adoptedEpoch: 12 }) }), live(2), live(3)];
  assert.equal(nextStep(view(adopted), allControllerRules).status?.leaderEpoch, 65_536);
});

test('each recovery begins a block of leader epochs, the last of them counts on', () => {
  const seen = (seenLeaderEpoch: number) =>
    nextStep(view([live(1)], null, { seenLeaderEpoch }), allControllerRules).status?.leaderEpoch;
  assert.deepEqual([0, 65_535, 65_536, 131_071].map(seen), [65_536, 65_536, 131_072, 131_072]);
  assert.equal(seen(2 ** 31 - 65_537), 2 ** 31 - 65_536);
  assert.equal(seen(2 ** 31 - 2), 2 ** 31 - 1);
});

test('a copy that had adopted the epoch before it was asked makes the recovery begin anew', () => {
  const adopted = [live(1, { copy: report(1, { adoptedEpoch: 8 }) }), live(2), live(3)];
  const before = nextStep(view(adopted, recovering), allControllerRules);
  assert.deepEqual([before.status?.leaderEpoch, before.status?.epoch], [65_536, 10]);
  const asked = new Set([copyIdOf(1)]);
  assert.deepEqual(
    nextStep(view(adopted, recovering, { asked }), allControllerRules).ask.length,
    3,
  );
});

test('more than half of the copies must answer, whatever m is', () => {
  const every = { ...recovering, minIsr: 3 };
  const copies = [live(1), live(2), live(3)].map((each) => ({
    ...each,
    copy: report(Number(each.brokerId), { minIsr: 3 }),
  }));
  const decide = (...answers: ReturnType<typeof answer>[]) =>
    nextStep(view(copies, every, { answers, answersDue: true }), allControllerRules);
  assert.equal(decide(answer(1)).status, undefined);
  assert.equal(decide(answer(1)).recovery?.needed, 2);
  assert.notEqual(decide(answer(1), answer(2)).status, undefined);
});

test('so does a store with lower epochs than this controller has written', () => {
  const taken = view([live(1), live(2), live(3)], status(), { seenEpoch: 6 });
  assert.equal(nextStep(taken, allControllerRules).status?.leader, null);
});

test('a lost status is recovered at the lowest m that a copy recorded', () => {
  const copies = [live(1, { copy: report(1, { minIsr: 1 }) }), live(2), live(3)];
  const begun = nextStep(view(copies, null), allControllerRules).status;
  assert.deepEqual([begun?.initialized, begun?.isr, begun?.minIsr], [true, [], 1]);
  assert.deepEqual(begun?.replicas, ids(1, 2, 3));
});

test('a lost status says nothing of m: the configured one counts until copies have answered with theirs', () => {
  const unheard = [1, 2, 3].map((broker) =>
    live(broker, { copy: report(broker, { minIsr: null }) }),
  );
  const begun = nextStep(view(unheard, null, { minIsr: 2 }), allControllerRules).status;
  assert.equal(begun?.minIsr, 2);
  const told = [live(1, { copy: report(1, { minIsr: 1, adoptedEpoch: 8 }) }), live(2), live(3)];
  const asked = new Set([copyIdOf(1), copyIdOf(2)]);
  const over = { answers: [answer(1, { minIsr: 1 }), answer(2)], asked, answersDue: true };
  assert.equal(nextStep(view(told, recovering, over), allControllerRules).recovery?.needed, 3);
});

test('every live copy is asked; with answers of all the greatest pair leads alone', () => {
  assert.deepEqual(recovery([]).ask, ids(1, 2, 3));
  const answers = [
    answer(1, { lastEpoch: 4, durableEnd: toOffset(50) }),
    answer(2, { lastEpoch: 5, durableEnd: toOffset(20) }),
    answer(3, { lastEpoch: 5, durableEnd: toOffset(30) }),
  ];
  const decided = recovery(answers).status;
  assert.deepEqual([decided?.leader, decided?.isr], [leader(3), [copy(3)]]);
  assert.deepEqual([decided?.leaderEpoch, decided?.epoch, decided?.uncleanEpoch], [9, 10, -1]);
});

test('n-m+1 intact answers are enough, of whom the last are not waited for for ever', () => {
  const two = [answer(1), answer(2)];
  assert.equal(recovery(two).status, undefined, 'the third may be a moment late');
  assert.notEqual(recovery(two, undefined, { answersDue: true }).status, undefined);
  assert.notEqual(recovery(two, [live(1), live(2), away(3, 'dead')]).status, undefined);
});

test('fewer intact answers stop it, loudly', () => {
  const replicas = [live(1), live(2), away(3, 'dead')];
  const step = recovery([answer(1), answer(2, { wasIsr: false })], replicas);
  assert.equal(step.status, undefined);
  assert.deepEqual([step.recovery?.intact, step.recovery?.needed], [1, 2]);
});

test('a copy with more that was not in sync does not lead, and counts among those to be heard', () => {
  const longer = answer(3, { lastEpoch: 9, durableEnd: toOffset(99), wasIsr: false });
  assert.equal(recovery([answer(1), answer(2), longer]).status?.leader, leader(1));
  const stranger = live(7, { copy: report(7) });
  const step = recovery([answer(1), answer(2)], [live(1), live(2), away(3, 'dead'), stranger], {
    answersDue: true,
  });
  assert.deepEqual([step.status, step.recovery?.needed], [undefined, 3]);
});

test('an answer from before the epoch was adopted does not count', () => {
  const early = [answer(1), answer(2, { adoptedEpoch: 7 }), answer(3, { adoptedEpoch: -1 })];
  assert.equal(recovery(early, undefined, { answersDue: true }).status, undefined);
});

test('an async partition whose copies in sync are lost goes on with the greatest, recorded', () => {
  const anew = [1, 2, 3].map((broker) => live(broker, { copy: report(broker, { wasIsr: false }) }));
  const stuck = status({ leader: null, isr: [copy(1, 9)], eligible: [] });
  const over = { durability: 'async' as const };
  const begun = nextStep(view(anew, stuck, over), allControllerRules).status;
  assert.deepEqual([begun?.leader, begun?.isr], [null, []]);
  const answers = [1, 2, 3].map((broker) =>
    answer(broker, { wasIsr: false, durableEnd: toOffset(broker) }),
  );
  const decided = recovery(answers, anew, over).status;
  assert.deepEqual([decided?.leader, decided?.uncleanEpoch], [leader(3), 9]);
});

test('an async partition waits for an assigned broker, a minute', () => {
  const over = { durability: 'async' as const };
  const stuck = status({ leader: null, isr: [copy(1, 9)], eligible: [] });
  const replicas = [live(1), live(2), away(3, 'dead')];
  const waiting = nextStep(view(replicas, stuck, over), allControllerRules);
  assert.deepEqual([waiting.status, waiting.again], [undefined, true]);
  const waited = nextStep(
    view(replicas, stuck, { ...over, waitedForAll: true }),
    allControllerRules,
  );
  assert.deepEqual(waited.status?.isr, []);
});
