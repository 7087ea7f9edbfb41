/** A checker looks at one partition's history for one kind of wrong. It is pure, and says each wrong in a sentence. */
import type { PartitionHistory } from '../history/partitionHistory.ts';

export interface Checker {
  readonly name: string;
  /** What it counts. */
  readonly meaning: string;
  readonly check: (history: PartitionHistory) => Iterable<string>;
}
