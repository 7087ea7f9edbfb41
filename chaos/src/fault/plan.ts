/** What happens when, from a seed alone. Whom it hits is found when it happens: leaders move. */
import type { SeededRandom } from '../seededRandom.ts';
import { FAULT_KINDS, type FaultKind } from './faultKind.ts';

export interface PlannedFault {
  readonly kind: FaultKind;
  /** From the beginning of its round. */
  readonly afterMs: number;
  readonly holdMs: number;
  /** Seeds the choice of its target. */
  readonly seed: number;
}

/** Faults that overlap, and the rest after all of them are over. */
export interface Round {
  /** `whole`: only once all copies are in sync; `anyhow`: however the faults before have left the cluster. */
  readonly begins: 'whole' | 'anyhow';
  readonly faults: readonly PlannedFault[];
  readonly restMs: number;
}

export interface PlanOptions {
  readonly kinds: readonly FaultKind[];
  /** Faults of one round at most. */
  readonly atOnceMax: number;
}

const SPREAD_MS = 3000;
const REST_MS_MAX = 4000;

/** Without end. The first rounds have one fault each on a whole cluster, every kind once; then they mix. */
export function* rounds(random: SeededRandom, options: PlanOptions): Generator<Round, never> {
  const { kinds, atOnceMax } = options;
  for (const kind of shuffled(kinds, random)) {
    yield { begins: 'whole', faults: [plannedFault(kind, 0, random)], restMs: rest(random) };
  }
  for (;;) {
    const wanted = random.between(1, atOnceMax);
    const faults: PlannedFault[] = [];
    while (faults.length < wanted) {
      const kind = random.pick(kinds);
      const fault = plannedFault(kind, faults.length === 0 ? 0 : random.below(SPREAD_MS), random);
      // One broker's data at most may be gone at any time: that is all that the promise covers.
      const destroys = FAULT_KINDS[kind].destroys === 'copies';
      if (destroys && faults.some((other) => FAULT_KINDS[other.kind].destroys === 'copies')) break;
      faults.push(fault);
    }
    yield { begins: 'anyhow', faults, restMs: rest(random) };
  }
}

function plannedFault(kind: FaultKind, afterMs: number, random: SeededRandom): PlannedFault {
  const [least, most] = FAULT_KINDS[kind].holdMs;
  return { kind, afterMs, holdMs: random.between(least, most), seed: random.next() };
}

/** Often next to none: the cluster has to take the next blow before it has recovered from the last. */
function rest(random: SeededRandom): number {
  return random.chance(0.4) ? random.below(300) : random.between(300, REST_MS_MAX);
}

function shuffled<T>(list: readonly T[], random: SeededRandom): T[] {
  const left = [...list];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(random.below(left.length), 1));
  return out;
}
