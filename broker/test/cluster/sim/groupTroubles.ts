import { pick } from '../../log/sim/simWorld.ts';
import type { Trouble } from './trouble.ts';

const crashMember: Trouble = (scene) => {
  const seat = scene.choose(scene.victims.seats);
  scene.note(`${seat.memberId} crashes`);
  seat.crash();
};

const leavingMember: Trouble = (scene) => {
  const seat = scene.choose(scene.victims.seats);
  scene.note(`${seat.memberId} leaves`);
  seat.leave();
};

/** Longer than its session, or not. */
const pausedMember: Trouble = (scene) => {
  const { client, memberId } = scene.choose(scene.victims.seats);
  const ms = pick(scene.random, [200, 1000, 3000]) * (0.5 + scene.random.float());
  scene.note(`${memberId} is paused for ${ms.toFixed(0)} ms`);
  client.process.pause();
  scene.world.network.paused(client.process);
  scene.after(ms, () => client.process.resume());
};

export const memberTroubles: readonly Trouble[] = [crashMember, leavingMember, pausedMember];
