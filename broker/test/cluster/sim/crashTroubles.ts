import type { Keep } from '../../../src/io/sim/simFileNode.ts';
import { pick } from '../../log/sim/simWorld.ts';
import type { Trouble, TroubleScene } from './trouble.ts';

const kill =
  (count: number): Trouble =>
  (scene) => {
    for (const machine of scene.some(count)) {
      scene.note(`kill ${machine.host}`);
      machine.kill();
      scene.bootLater(machine);
    }
  };

const powerLoss =
  (count: number): Trouble =>
  (scene) => {
    const keep = pick<Keep>(scene.random, ['random', 'random', 'random', 'none', 'all']);
    for (const machine of scene.some(count)) {
      scene.note(`power loss of ${machine.host}, ${keep} of what is unsynced kept`);
      machine.losePower(keep);
      scene.bootLater(machine, 500 + scene.downMs());
    }
  };

const pause: Trouble = (scene) => {
  for (const machine of scene.some(1 + scene.random.int(2))) {
    const ms = pick(scene.random, [50, 500, 3000, 8000]) * (0.5 + scene.random.float());
    scene.note(`pause ${machine.host} for ${ms.toFixed(0)} ms`);
    machine.pause();
    scene.after(ms, () => machine.resume());
  }
};

const cleanStop: Trouble = (scene) => {
  const machine = scene.one();
  scene.note(`stop ${machine.host}`);
  machine.stop(scene.random.int(3) === 0 ? scene.random.float() * 200 : 20_000);
};

/** One broker dies again and again, most times while it boots. */
const restartStorm: Trouble = (scene) => {
  const machine = scene.one();
  scene.note(`restart storm of ${machine.host}`);
  let atMs = 0;
  for (let count = 0; count < 4 + scene.random.int(6); count++) {
    atMs += scene.random.float() * 150;
    const isPower = scene.random.int(3) === 0;
    scene.after(atMs, () => {
      if (isPower) machine.losePower('random');
      else machine.kill();
      machine.boot();
    });
  }
};

/** Wherever the controller is. */
const killController: Trouble = (scene) => {
  const machine = scene.victims.machines.find(({ member }) => member?.isController === true);
  if (machine === undefined) return;
  scene.note(`kill ${machine.host}, the controller`);
  machine.kill();
  scene.bootLater(machine);
};

export const killOne: Trouble = kill(1);
export const powerLossOfOne: Trouble = powerLoss(1);

export const crashTroubles: readonly Trouble[] = [
  killOne,
  kill(2),
  (scene) => kill(everyOne(scene))(scene),
  powerLossOfOne,
  powerLoss(2),
  (scene) => powerLoss(everyOne(scene))(scene),
  pause,
  cleanStop,
  restartStorm,
  killController,
];

function everyOne(scene: TroubleScene): number {
  return scene.victims.machines.length;
}
