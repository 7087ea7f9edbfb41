/** Stores that were rewound or lost a status (safety.md, rules 9 and 22; docs/decisions/0007-recovery-epochs.md). */
import assert from 'node:assert/strict';
import { toOffset } from '@millrace/core/ids';
import type { ControllerRulesOff } from '../../../../src/controller/controllerRules.ts';
import { PartitionScene, type SceneOptions } from './partitionScene.ts';
import type { ControllerStory } from './story.ts';

export const recoveryStories: readonly ControllerStory[] = [
  {
    rule: 'rewind-recovers',
    promise: 'from a store that was rewound nobody is elected before the copies were asked',
    tell: rewound,
  },
  {
    rule: 'first-leader-of-empty',
    promise: 'a status that was lost does not make every copy one in sync',
    tell: lostStatusOfOneBehind,
  },
  {
    rule: 'recovery-counts-intact',
    promise: 'fewer than n-m+1 copies recover nothing',
    tell: tooFew,
  },
  {
    rule: 'recovery-majority',
    promise:
      'two recoveries that one copy each would be enough for do not give out one epoch twice',
    tell: (rulesOff, seed) => twoRecoveries(rulesOff, seed, { minIsr: 3 }, recoverAlone),
  },
  {
    rule: 'recovery-begins-block',
    promise: 'elections after a recovery are not given out again by the next one',
    tell: (rulesOff, seed) => twoRecoveries(rulesOff, seed, {}, recoverAmongKnowing),
  },
  {
    rule: 'recovery-epoch-unused',
    promise: 'a recovery whose number another one had begins anew above it',
    tell: (rulesOff, seed) => twoRecoveries(rulesOff, seed, {}, recoverAmongUnknowing),
  },
  {
    rule: 'recovery-adopts-epoch',
    promise: 'an answer that was given before the epoch was adopted does not count',
    tell: answerFromBefore,
  },
  {
    rule: 'recovery-takes-greatest',
    promise: 'a recovery elects the copy that has the most of the last epoch',
    tell: unequalCopies,
  },
];

async function rewound(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed);
  const backup = scene.world.store.contents.snapshot();
  const [leader] = scene.replicas;
  scene.kill(leader);
  await scene.world.until('another leads', () => (scene.leader ?? leader) !== leader);
  await scene.untilLed();
  const { leaderEpoch } = scene.status;
  scene.led.clear();
  scene.world.store.rewind(backup, 'bumped');
  await scene.aWhile();
  await scene.untilLed();
  assert.ok(scene.status.leaderEpoch > leaderEpoch, `${scene.status.leaderEpoch} again`);
}

async function lostStatusOfOneBehind(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed);
  const [leader, one, other] = scene.replicas;
  await scene.proposed(leader, one);
  const [behind = ''] = scene.copies(other);
  scene.loseStatus();
  await scene.untilLed();
  assert.ok(!scene.status.isr.some((copy) => copy === behind), 'it is in sync');
}

async function tooFew(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed);
  scene.kill(0, 1, 2);
  scene.loseStatus();
  await scene.boot(0);
  await scene.aWhile();
  assert.equal(scene.leader, undefined);
}

/**
 * The status is lost, broker 0 takes part in a recovery and in elections after it; nobody writes a record. The status is
 * lost again, and a recovery is held of which broker 0 does not hear.
 */
async function twoRecoveries(
  rulesOff: ControllerRulesOff,
  seed: number,
  options: SceneOptions,
  held: (scene: PartitionScene) => Promise<void>,
): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed, options);
  scene.kill(0, 1, 2);
  scene.loseStatus();
  await held(scene);
  await scene.aWhile();
}

/** Each by one copy alone. */
async function recoverAlone(scene: PartitionScene): Promise<void> {
  await scene.boot(0);
  await scene.aWhile();
  scene.kill(0);
  scene.loseStatus();
  await scene.boot(1);
}

/** By 0 and 1, with an election after it; then by 1, which adopted the first, and 2. */
async function recoverAmongKnowing(scene: PartitionScene): Promise<void> {
  await recoverWithZero(scene);
  await scene.boot(1, 2);
}

/** Likewise, but 2 is there first, which knows nothing. */
async function recoverAmongUnknowing(scene: PartitionScene): Promise<void> {
  await recoverWithZero(scene);
  await scene.boot(2);
  await scene.aWhile();
  await scene.boot(1);
}

async function recoverWithZero(scene: PartitionScene): Promise<void> {
  const known = scene.report(0).lastEpoch;
  scene.rewrite(0, { lastEpoch: Math.max(known, 0), durableEnd: toOffset(5) });
  await scene.boot(0, 1);
  assert.equal(await scene.untilLed(), 0);
  await scene.proposed(0, 1);
  // Another epoch, of which no copy has a record.
  const { leaderEpoch } = scene.status;
  scene.kill(0);
  await scene.world.scheduler.runFor(10);
  await scene.boot(0);
  await scene.world.until('somebody leads anew', () => scene.status.leaderEpoch > leaderEpoch);
  scene.kill(0, 1);
  await scene.world.scheduler.runFor(10);
  scene.loseStatus();
}

async function answerFromBefore(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed);
  const active = scene.world.activeId();
  const [slow = 0, dead = 0] = [0, 1, 2].filter((id) => id !== active);
  scene.kill(dead);
  await scene.world.scheduler.runFor(1000);
  scene.loseStatus();
  const { broker } = scene.world.member(slow);
  const before = scene.report(slow);
  broker.isSilent = true;
  await scene.world.until('it is asked', () =>
    broker.received.some(({ kind }) => kind === 'reportCopies'),
  );
  broker.send({ kind: 'copies', copies: [before], complete: true });
  await scene.world.scheduler.runFor(5000);
  assert.equal(scene.leader, undefined);
}

async function unequalCopies(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  // All are asked: n-m+1 are three.
  const scene = await PartitionScene.start(rulesOff, seed, { minIsr: 1 });
  scene.kill(0, 1, 2);
  scene.rewrite(0, { lastEpoch: 0, durableEnd: toOffset(9) });
  scene.rewrite(1, { lastEpoch: 1, durableEnd: toOffset(7) });
  scene.rewrite(2, { lastEpoch: 1, durableEnd: toOffset(8) });
  scene.loseStatus();
  await scene.boot(0, 1, 2);
  assert.equal(await scene.untilLed(), 2);
}
