/** One kind of fault in action. */
import type { ChaosCluster } from '../cluster/chaosCluster.ts';
import type { SeededRandom } from '../seededRandom.ts';
import type { DamageBook } from './damageBook.ts';
import type { SmallDisk } from './smallDisk.ts';

export interface FaultWorld {
  readonly cluster: ChaosCluster;
  readonly random: SeededRandom;
  readonly damage: DamageBook;
  /** Undefined: no broker has one. */
  readonly smallDisk: SmallDisk | undefined;
}

export interface OpenFault {
  /** Whom or what it hit. */
  readonly target: string;
  /** Undoes it: what is held is let go, not necessarily well again. */
  heal(): Promise<void>;
}

/** Returns once it is there. Rejects with a FaultSkipped where it can't be done now. */
export type BeginFault = (world: FaultWorld) => Promise<OpenFault>;

export class FaultSkipped extends Error {
  override readonly name = 'FaultSkipped';
}
