import type { Random } from '../../../src/io/random.ts';
import { pick } from '../../log/sim/simWorld.ts';
import type { ClusterWorld } from './clusterWorld.ts';
import type { SimGroupSeat } from './simGroupSeat.ts';
import type { SimMachine } from './simMachine.ts';

/** What may be hit, and who must know. */
export interface Victims {
  readonly machines: readonly SimMachine[];
  readonly clientHosts: readonly string[];
  /** Of members of groups. */
  readonly seats: readonly SimGroupSeat[];
  /** Whether every copy of every partition is in sync, and one of them may be lost. */
  readonly isAllInSync: () => boolean;
  readonly onRewound: () => void;
  /** A rewind would be noticed: those who know the newest leader epochs are up. */
  readonly isNewestKnown: () => boolean;
  /** No state of the store is older any more than one of before a rewind. */
  readonly isRewindNoticed: () => boolean;
}

/** One kind of trouble: begins it, and sees to its end. */
export type Trouble = (scene: TroubleScene) => void;

/** What troubles are made with: random choices of victims and durations, and what ends them. */
export class TroubleScene {
  readonly world: ClusterWorld;
  readonly victims: Victims;
  readonly random: Random;
  /** No trouble begins. */
  isHeld = false;
  /** None begins any more. */
  isHealed = false;

  constructor(world: ClusterWorld, victims: Victims) {
    this.world = world;
    this.victims = victims;
    this.random = world.random.fork();
  }

  get hosts(): string[] {
    const { machines, clientHosts } = this.victims;
    return [...machines.map(({ host }) => host), ...clientHosts];
  }

  /** So many machines, or all. */
  some(count: number): SimMachine[] {
    const left = [...this.victims.machines];
    const chosen: SimMachine[] = [];
    while (chosen.length < count && left.length > 0) {
      chosen.push(...left.splice(this.random.int(left.length), 1));
    }
    return chosen;
  }

  one(): SimMachine {
    return this.choose(this.victims.machines);
  }

  /** A broker and another host, in any order. */
  link(): [string, string] {
    const { host } = this.one();
    const other = this.choose(this.hosts.filter((each) => each !== host));
    return this.random.int(2) === 0 ? [host, other] : [other, host];
  }

  choose<Choice>(choices: readonly Choice[]): Choice {
    const choice = choices[this.random.int(choices.length)];
    if (choice === undefined) throw new Error('nothing to choose from');
    return choice;
  }

  /** How long a trouble lasts. */
  lastingMs(): number {
    return pick(this.random, [100, 1000, 4000, 10_000]) * (0.3 + this.random.float());
  }

  /** How long a broker stays away. */
  downMs(): number {
    return pick(this.random, [10, 200, 1000, 4000]) * this.random.float();
  }

  bootLater(machine: SimMachine, ms = this.downMs()): void {
    this.after(ms, () => machine.boot());
  }

  after(ms: number, act: () => void): void {
    this.world.scheduler.after(ms, 'nemesis', act);
  }

  note(what: string): void {
    this.world.transcript.note('nemesis', what);
  }
}
