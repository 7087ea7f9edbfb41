import { readBatchHeader } from '@millrace/core/batchHeader';
import type { Partition } from '../../../src/replication/partition.ts';
import { partitionKey } from './clusterWorld.ts';
import type { SimMachine } from './simMachine.ts';
import type { Trouble, TroubleScene } from './trouble.ts';

/** Of a batch, where its CRC begins to count. */
const CHECKED_FROM = 21;
/** Until all are in sync, and somebody leads with a sealed segment. */
const ATTEMPTS_MAX = 40;

/**
 * A bit of a leader's sealed segment flips, and a follower that would need it loses its disk: the third copy has all of
 * it. One such copy at a time: with its disk another one is lost, too many if m were all.
 */
const flippedBitOfALeader: Trouble = (scene) => {
  if (scene.world.damagedCopies.size > 0) return;
  let attempts = 0;
  const attempt = (): void => {
    attempts += 1;
    if (scene.isHealed || scene.isHeld || attempts > ATTEMPTS_MAX) return;
    if (!scene.victims.isAllInSync() || !damageSomeLeader(scene)) scene.after(100, attempt);
  };
  attempt();
};

function damageSomeLeader(scene: TroubleScene): boolean {
  const { machines } = scene.victims;
  const leader = scene.one();
  for (const partition of leader.member?.partitions() ?? []) {
    const { status, role } = partition;
    if (role !== 'leader' || status === undefined || status.replicas.length < 3) continue;
    const followers = machines.filter(
      ({ brokerId }) => brokerId !== leader.brokerId && status.replicas.includes(brokerId),
    );
    if (!flipBit(scene, leader, partition, followers)) continue;
    const victim = scene.choose(followers);
    scene.note(`the disk of ${victim.host} is lost`);
    victim.wipe();
    scene.bootLater(victim);
    return true;
  }
  return false;
}

/** In the first segment, if everybody has all of it. */
function flipBit(
  scene: TroubleScene,
  machine: SimMachine,
  { log, identity }: Partition,
  followers: readonly SimMachine[],
): boolean {
  const ends = followers.map(
    ({ member }) =>
      member?.partition(identity.topicId, identity.partition)?.log.durableEndOffset ?? 0,
  );
  const [first, second] = machine.files(`${log.directory}/`, '.log');
  if (first === undefined || second === undefined) return false;
  const end = Number(second.path.slice(-24, -4));
  if (Math.min(...ends) < end) return false;
  const starts: number[] = [];
  for (let at = 0; at < first.content.length; at += readBatchHeader(first.content, at).sizeBytes) {
    starts.push(at);
  }
  if (starts.length === 0) return false;
  const at = scene.choose(starts);
  const { sizeBytes } = readBatchHeader(first.content, at);
  const position = at + CHECKED_FROM + scene.random.int(sizeBytes - CHECKED_FROM);
  machine.flipBit(first.path, position, scene.random.int(8));
  scene.world.damagedCopies.add(log.copyId);
  const key = partitionKey(identity.topicId, identity.partition);
  scene.note(`a bit of byte ${position} of ${key} on ${machine.host} flips, copy ${log.copyId}`);
  return true;
}

export const damageTroubles: readonly Trouble[] = [flippedBitOfALeader];
