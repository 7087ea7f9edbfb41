import { pick } from '../../log/sim/simWorld.ts';
import type { Trouble } from './trouble.ts';

/** From the next boot on, one at a time: a disk that fails may cost a copy. */
const failingDisk: Trouble = (scene) => {
  const { machines } = scene.victims;
  if (machines.some((each) => each.hasFaultyDisk || each.diskFaults !== 'none')) return;
  const machine = scene.one();
  scene.note(`${machine.host} gets a failing disk`);
  machine.diskFaults = pick(scene.random, ['crashes', 'errors']);
  machine.kill();
  scene.bootLater(machine);
};

const repairedDisk: Trouble = (scene) => {
  for (const machine of scene.victims.machines) machine.diskFaults = 'none';
};

/** Fewer than m copies may be lost: one at a time, and only once all others are whole. */
const wipedDisk: Trouble = (scene) => {
  const machine = scene.one();
  if (!scene.victims.isAllInSync()) return;
  scene.note(`the disk of ${machine.host} is lost`);
  machine.wipe();
  scene.bootLater(machine);
};

export const diskTroubles: readonly Trouble[] = [failingDisk, failingDisk, repairedDisk, wipedDisk];
