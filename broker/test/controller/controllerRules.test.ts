import assert from 'node:assert/strict';
import test from 'node:test';
import { toBrokerId, toOffset } from '@millrace/core/ids';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import {
  allControllerRules,
  type ControllerRule,
  type ControllerRulesOff,
} from '../../src/controller/controllerRules.ts';
import { judgeProposal } from '../../src/controller/isrProposal.ts';
import { uncleanElected } from '../../src/controller/leaderChoice.ts';
import { nextStep } from '../../src/controller/nextStatus.ts';
import type { PartitionView } from '../../src/controller/partitionView.ts';
import {
  away,
  bootOfBroker,
  copy,
  emptyReport,
  ids,
  leader,
  live,
  report,
  status,
  TOPIC,
  view,
} from './partitionCases.ts';

/** What goes wrong without the rule, if anything does. */
type Harm = (rulesOff: ControllerRulesOff) => boolean;

const three = [live(1), live(2), live(3)];
const two = status({ isr: [copy(1), copy(2)] });

function next(of: PartitionView, rulesOff: ControllerRulesOff): PartitionStatus | undefined {
  return nextStep(of, rulesOff).status;
}

function judge(
  committed: PartitionStatus,
  isr: readonly CopyName[],
  rulesOff: ControllerRulesOff,
  epoch = committed.epoch,
) {
  const proposal = { topicId: TOPIC, partition: 0, leaderEpoch: 3, epoch, isr };
  const from = { brokerId: toBrokerId(1), bootId: bootOfBroker(1) };
  return judgeProposal(committed, view(three, committed), proposal, from, rulesOff);
}

const recovering = status({ leader: null, isr: [], leaderEpoch: 8, epoch: 9 });

function recovered(answers: PartitionView['answers'], rulesOff: ControllerRulesOff) {
  return next(view(three, recovering, { answers, answersDue: true }), rulesOff);
}

function answer(broker: number, over: Partial<ReturnType<typeof report>> = {}) {
  return { brokerId: toBrokerId(broker), copy: report(broker, { adoptedEpoch: 8, ...over }) };
}

const harms: Partial<Record<ControllerRule, Harm>> = {
  'proposal-against-epoch': (off) => judge(two, [copy(1)], off, 3).status !== undefined,
  'refusal-raises-epoch': (off) => judge(two, [copy(2)], off).status === undefined,
  'join-registered-copy': (off) => judge(two, [copy(1), copy(3, 9)], off).answer.code === 'OK',
  'restart-new-epoch': (off) => {
    const again = [live(1, { bootId: bootOfBroker(1, 2) }), live(2), live(3)];
    return next(view(again), off)?.leaderEpoch === 3;
  },
  'elect-in-sync': (off) => {
    const lost = status({ isr: [copy(1)], leader: null });
    return next(view([away(1, 'dead'), live(2)], lost), off)?.leader === leader(2);
  },
  'elect-reported-copy': (off) => {
    const lost = status({ isr: [copy(1)], leader: null });
    const anew = live(1, { copy: emptyReport(9) });
    return next(view([anew, away(2, 'dead')], lost), off)?.leader === leader(1);
  },
  'removed-below-min-is-eligible': (off) =>
    next(view([live(1), away(2, 'dead'), away(3, 'dead')]), off)?.eligible.length === 0,
  'eligible-emptied-at-min': (off) => {
    const below = status({ isr: [copy(1)], eligible: [copy(3)] });
    return judge(below, [copy(1), copy(2)], off).status?.eligible.length !== 0;
  },
  'rewind-recovers': (off) => {
    const ahead = [away(1, 'dead'), live(2, { copy: report(2, { seenEpoch: 6 }) }), live(3)];
    return next(view(ahead), off)?.leader === leader(2);
  },
  'recovery-counts-intact': (off) => recovered([answer(1)], off) !== undefined,
  'recovery-adopts-epoch': (off) =>
    recovered([answer(1, { adoptedEpoch: 7 }), answer(2), answer(3, { adoptedEpoch: -1 })], off) !==
    undefined,
  'recovery-takes-greatest': (off) =>
    recovered([answer(1), answer(2, { durableEnd: toOffset(99) })], off)?.leader === leader(1),
  'unclean-is-recorded': (off) => {
    const lost = status({ isr: [copy(1)], leader: null });
    const of = view([away(1, 'dead'), live(2)], lost);
    return uncleanElected(lost, of, copy(2), off).uncleanEpoch < 0;
  },
  'min-isr-clears-eligible': (off) => {
    const below = status({ isr: [copy(1)], eligible: [copy(2)] });
    return next(view(three, below, { minIsr: 1 }), off)?.eligible.length !== 0;
  },
  'first-leader-of-empty': (off) =>
    next(view(three, null, { wanted: ids(1, 2, 3) }), off)?.leader === leader(1),
  'reassignment-in-sync': (off) => {
    const moving = status({ adding: ids(4) });
    const of = view([...three, live(4)], moving, { wanted: ids(1, 2, 4) });
    return next(of, off)?.adding.length === 0;
  },
  'last-member-stays': (off) => {
    const alone = status({ isr: [copy(1)] });
    return next(view([away(1, 'dead')], alone), off)?.isr.length === 0;
  },
};

for (const [rule, harm] of Object.entries(harms)) {
  test(`without the rule ${rule} harm is done, with it none`, () => {
    assert.equal(harm(allControllerRules), false);
    assert.equal(harm(new Set([rule as ControllerRule])), true);
  });
}
