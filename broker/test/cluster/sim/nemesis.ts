import { pick } from '../../log/sim/simWorld.ts';
import type { ClusterProfile } from './clusterOptions.ts';
import type { ClusterWorld } from './clusterWorld.ts';
import { crashTroubles, killOne, powerLossOfOne } from './crashTroubles.ts';
import { damageTroubles } from './damageTroubles.ts';
import { diskTroubles } from './diskTroubles.ts';
import { failoverTroubles } from './failoverTroubles.ts';
import { memberTroubles } from './groupTroubles.ts';
import { healLinks } from './healLinks.ts';
import { isolation, linkTroubles } from './linkTroubles.ts';
import { rewindTroubles, storeTroubles } from './storeTroubles.ts';
import { type Trouble, TroubleScene, type Victims } from './trouble.ts';

const troublesOf: Readonly<Record<ClusterProfile, readonly Trouble[]>> = {
  calm: [],
  crashes: crashTroubles,
  partitions: [...linkTroubles, killOne],
  store: [...storeTroubles, killOne, isolation],
  disk: [...diskTroubles, ...damageTroubles, killOne, powerLossOfOne],
  failovers: [...failoverTroubles, ...failoverTroubles, ...storeTroubles, killOne],
  rewinds: [...rewindTroubles, ...rewindTroubles, ...storeTroubles, ...crashTroubles, isolation],
  groups: [
    ...memberTroubles,
    ...memberTroubles,
    ...memberTroubles,
    ...crashTroubles,
    ...failoverTroubles,
    ...linkTroubles,
  ],
  mixed: [
    ...crashTroubles,
    ...failoverTroubles,
    ...linkTroubles,
    ...storeTroubles,
    ...diskTroubles,
    ...damageTroubles,
  ],
};

/** What goes wrong, when and for how long: drawn from the seed. Ends all of it when told to heal. */
export class Nemesis {
  readonly #scene: TroubleScene;
  readonly #troubles: readonly Trouble[];
  readonly #meanPauseMs: number;

  constructor(world: ClusterWorld, victims: Victims) {
    this.#scene = new TroubleScene(world, victims);
    const { random } = this.#scene;
    const all = troublesOf[world.options.profile];
    // A few kinds of trouble, each several times, show more than all of them once.
    const kinds = all.length === 0 ? 0 : 1 + random.int(5);
    this.#troubles = Array.from({ length: kinds }, () => this.#scene.choose(all));
    this.#meanPauseMs = pick(random, [200, 800, 2000]);
    for (const machine of victims.machines) {
      machine.onDown = () => this.#scene.bootLater(machine, this.#scene.isHealed ? 50 : undefined);
    }
  }

  start(): void {
    if (this.#troubles.length === 0) return;
    const scene = this.#scene;
    scene.after(scene.random.float() * this.#meanPauseMs * 2, () => {
      if (scene.isHealed) return;
      if (!scene.isHeld) scene.choose(this.#troubles)(scene);
      this.start();
    });
  }

  heal(): void {
    this.#scene.isHealed = true;
    this.#scene.note('heal');
    healLinks(this.#scene);
    for (const { client } of this.#scene.victims.seats) client.process.resume();
    for (const machine of this.#scene.victims.machines) {
      machine.diskFaults = 'none';
      machine.resume();
      // Its disk goes on failing until its process is another one.
      machine.isSpared = false;
      if (machine.hasFaultyDisk) machine.kill();
      machine.boot();
      // What was planned before hurts nobody any more.
      machine.isSpared = true;
    }
  }
}
