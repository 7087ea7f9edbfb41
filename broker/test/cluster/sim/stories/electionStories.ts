/** Who may join, lead and be left (safety.md, rules 5, 6, 7, 13, 21, 26 and 27). */
import assert from 'node:assert/strict';
import { newCopyId, toBrokerId } from '@millrace/core/ids';
import { copyName } from '@millrace/core/resources/partitionAssignment';
import type { ControllerRulesOff } from '../../../../src/controller/controllerRules.ts';
import { PartitionScene } from './partitionScene.ts';
import type { ControllerStory } from './story.ts';

export const electionStories: readonly ControllerStory[] = [
  {
    rule: 'proposal-against-epoch',
    promise: 'a change of the ISR that was overtaken is not made',
    tell: overtakenProposal,
  },
  {
    rule: 'refusal-raises-epoch',
    promise: 'after a refusal no earlier sending of the change can be written',
    tell: refusedProposal,
  },
  {
    rule: 'conflict-revalidates',
    promise: 'a change that met another one in the store is judged again',
    tell: conflictingProposal,
  },
  {
    rule: 'join-registered-copy',
    promise: 'only a copy that its broker has reported joins the ISR',
    tell: unknownCopyJoins,
  },
  {
    rule: 'change-raises-epoch',
    promise: 'a new leader comes with a new partition epoch',
    tell: leaderDies,
  },
  {
    rule: 'elect-reported-copy',
    promise: 'an emptied disk is not elected for the copy that it held',
    tell: emptiedDisk,
  },
  {
    rule: 'removed-below-min-is-eligible',
    promise: 'who left an ISR below the minimum can lead when the last member is gone',
    tell: lastOneStanding,
  },
  {
    rule: 'eligible-emptied-at-min',
    promise: 'who left before the ISR was back at the minimum cannot lead any more',
    tell: staleEligible,
  },
  {
    rule: 'last-member-stays',
    promise: 'the ISR of a partition whose last member died still names it',
    tell: lastMemberDies,
  },
  {
    rule: 'unclean-is-recorded',
    promise: 'that a person has elected a copy that may lack records stays known',
    tell: uncleanElection,
  },
  {
    rule: 'min-isr-clears-eligible',
    promise: 'with a lower minimum who left under the higher one cannot lead',
    tell: lowerMinimum,
  },
  {
    rule: 'reassignment-in-sync',
    promise: 'replicas move only once the new ones are in sync',
    tell: reassignment,
  },
];

async function overtakenProposal(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed);
  const [leader, one, other] = scene.replicas;
  const { epoch } = scene.status;
  await scene.proposed(leader, one);
  await scene.propose(scene.copies(leader, other), epoch);
  assert.deepEqual(scene.status.isr, scene.copies(leader, one));
}

async function refusedProposal(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed);
  const [leader, one, other] = scene.replicas;
  const { epoch } = scene.status;
  const refused = await scene.propose(scene.copies(one, other));
  assert.equal(refused.code, 'INELIGIBLE');
  assert.ok(scene.status.epoch > epoch, 'the same change could still be written');
  assert.equal(scene.leader, leader);
}

async function conflictingProposal(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed);
  const [leader, one, other] = scene.replicas;
  const { contents } = scene.world.store;
  const update = contents.update.bind(contents);
  // Another controller is faster, by a moment.
  contents.update = (changes) => {
    contents.update = update;
    const [row] = contents.list('PartitionAssignment');
    assert.ok(row !== undefined && row.status !== null);
    const status = JSON.parse(row.status);
    const partition = { ...scene.status, isr: scene.copies(leader, other) };
    partition.epoch += 1;
    status.partitions = [partition];
    const { name, version: expectedVersion } = row;
    update([{ kind: 'PartitionAssignment', name, expectedVersion, status }]);
    return update(changes);
  };
  await scene.propose(scene.copies(leader, one));
  await scene.aWhile();
  assert.deepEqual(scene.status.isr, scene.copies(leader, other));
}

async function unknownCopyJoins(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed);
  const [leader, one, other] = scene.replicas;
  await scene.proposed(leader, one);
  const unknown = copyName(toBrokerId(other), newCopyId(Buffer.alloc(6, 9)));
  const answer = await scene.propose([...scene.copies(leader, one), unknown]);
  assert.notEqual(answer.code, 'OK');
}

async function leaderDies(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed);
  const [leader] = scene.replicas;
  const { epoch, leaderEpoch } = scene.status;
  scene.kill(leader);
  await scene.world.until('another leads', () => scene.status.leaderEpoch > leaderEpoch);
  assert.ok(scene.status.epoch > epoch);
}

async function emptiedDisk(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed, { minIsr: 1 });
  const [leader] = scene.replicas;
  await scene.proposed(leader);
  scene.kill(leader);
  scene.world.member(leader).broker.parts.disk.copies.clear();
  await scene.boot(leader);
  await scene.aWhile();
  assert.equal(scene.leader, undefined);
}

async function lastOneStanding(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed);
  const [leader] = scene.replicas;
  await scene.proposed(leader);
  scene.kill(leader);
  await scene.aWhile();
  assert.ok(scene.leader !== undefined && scene.leader !== leader, 'nobody leads');
}

async function staleEligible(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed);
  const [leader, one] = scene.replicas;
  await scene.proposed(leader);
  await scene.proposed(leader, one);
  scene.kill(leader, one);
  await scene.aWhile();
  assert.ok(scene.leader === undefined || scene.leader === leader, 'a stale copy leads');
}

async function lastMemberDies(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed, { minIsr: 1 });
  const [leader] = scene.replicas;
  await scene.proposed(leader);
  const isr = scene.copies(leader);
  scene.kill(leader);
  await scene.aWhile();
  assert.deepEqual(scene.status.isr, isr);
}

async function uncleanElection(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed, { minIsr: 1 });
  const [leader, one] = scene.replicas;
  await scene.proposed(leader);
  scene.kill(leader);
  await scene.world.until('nobody leads', () => scene.leader === undefined);
  await scene.world.until('there is a controller', () =>
    [...scene.world.members.values()].some(
      ({ controller, process }) => process.alive && controller.active,
    ),
  );
  const [copy = ''] = scene.copies(one);
  const reference = { topicId: scene.topicId };
  const { controller } = scene.world.active;
  await scene.world.settle(controller.uncleanElect({ reference, partition: 0, copy }));
  assert.equal(scene.leader, one);
  assert.equal(scene.status.uncleanEpoch, scene.status.leaderEpoch);
}

async function lowerMinimum(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed);
  const [leader] = scene.replicas;
  await scene.proposed(leader);
  await scene.world.settle(
    scene.world.active.controller.alterTopic({
      reference: { topicId: scene.topicId },
      partitions: 0,
      config: { minInsyncReplicas: '1' },
      configUnset: [],
      validateOnly: false,
    }),
  );
  await scene.world.until('the minimum is 1', () => scene.status.minIsr === 1);
  // Alone it commits what nobody else has.
  scene.kill(leader);
  await scene.aWhile();
  assert.ok(scene.leader === undefined || scene.leader === leader, 'a copy that lacks it leads');
}

async function reassignment(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed, { brokers: 4 });
  const [leader, one] = scene.replicas;
  const { replicas } = scene.status;
  const wanted = [leader, one, 3].map(toBrokerId);
  const { controller } = scene.world.active;
  const reference = { topicId: scene.topicId };
  await scene.world.settle(
    controller.reassign([{ reference, partition: 0, replicas: wanted }]).catch(() => undefined),
  );
  await scene.aWhile();
  assert.deepEqual(scene.status.replicas, replicas);
}
