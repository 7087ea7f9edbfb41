/** The scenario of a chaos run: faults by a plan that follows from the seed. */
import type { ChaosCluster } from '../cluster/chaosCluster.ts';
import type { Flags } from '../flags.ts';
import type { Scenario, Stage } from '../run.ts';
import { FAULT_KINDS, type FaultKind } from './faultKind.ts';
import { type FaultEvent, FaultRunner } from './faultRunner.ts';
import { rounds } from './plan.ts';
import { SmallDisk } from './smallDisk.ts';

export class RandomFaults implements Scenario {
  /** Kinds that were wanted and can't be done here, with the reason. */
  readonly leftOut: Record<string, string> = {};
  readonly #flags: Flags;
  #disk: SmallDisk | undefined;
  #events: readonly FaultEvent[] = [];

  constructor(flags: Flags) {
    this.#flags = flags;
  }

  get events(): readonly FaultEvent[] {
    return this.#events;
  }

  prepare(cluster: ChaosCluster): void {
    const { faults, seed, brokers } = this.#flags;
    if (!faults.includes('disk-full')) return;
    if (cluster.network.whyNoLinks !== undefined) {
      this.leftOut['disk-full'] = 'no mount namespace: nothing is mounted where others see it';
      return;
    }
    try {
      this.#disk = new SmallDisk(cluster.dataDir, seed % brokers);
    } catch (error) {
      this.leftOut['disk-full'] = `nothing can be mounted: ${String(error)}`;
    }
  }

  async play({ cluster, damage, random, onStep, onFailure }: Stage): Promise<void> {
    const { seconds, atOnceMax } = this.#flags;
    const kinds = this.#possibleKinds(cluster);
    if (kinds.length === 0) return;
    const world = { cluster, damage, smallDisk: this.#disk };
    const runner = new FaultRunner({ world, onStep, onFailure });
    this.#events = runner.events;
    await runner.run(rounds(random, { kinds, atOnceMax }), performance.now() + seconds * 1000);
  }

  close(): void {
    this.#disk?.unmount();
  }

  #possibleKinds({ network, brokers }: ChaosCluster): FaultKind[] {
    const whyNot = (kind: FaultKind): string | undefined => {
      switch (FAULT_KINDS[kind].needs) {
        case 'one broker':
          return undefined;
        case 'several brokers':
          return brokers.length < 3 ? 'it takes three brokers' : undefined;
        case 'links':
          return network.whyNoLinks ?? (brokers.length < 2 ? 'it takes two brokers' : undefined);
        case 'small disk':
          return this.#disk === undefined ? 'nothing is mounted' : undefined;
      }
    };
    return this.#flags.faults.filter((kind) => {
      const reason = whyNot(kind);
      if (reason !== undefined) this.leftOut[kind] ??= reason;
      return reason === undefined;
    });
  }
}
