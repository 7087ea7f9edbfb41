/** Carries out rounds of faults until the time is over, and writes down what it did when. */
import { setTimeout as delay } from 'node:timers/promises';
import { SeededRandom } from '../seededRandom.ts';
import { type FaultWorld, FaultSkipped, type OpenFault } from './fault.ts';
import { FAULT_KINDS, type FaultKind } from './faultKind.ts';
import { FAULTS } from './faults.ts';
import type { PlannedFault, Round } from './plan.ts';

/** Times of one monotonic clock, in milliseconds. */
export interface FaultEvent {
  readonly kind: FaultKind;
  readonly target: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Why it was not done. */
  readonly skipped: string | undefined;
}

export interface FaultRunnerOptions {
  readonly world: Omit<FaultWorld, 'random'>;
  /** One line for each thing done. */
  readonly onStep: (line: string) => void;
}

const WHOLE_MS_MAX = 45_000;
const WHOLE_LOOK_MS = 200;

export class FaultRunner {
  readonly events: FaultEvent[] = [];
  readonly #options: FaultRunnerOptions;

  constructor(options: FaultRunnerOptions) {
    this.#options = options;
  }

  /** Begins no round after `untilMs`; all that was begun is healed when it resolves. */
  async run(rounds: Iterable<Round>, untilMs: number): Promise<void> {
    for (const { faults, restMs } of rounds) {
      if (performance.now() >= untilMs) return;
      if (faults.some(({ kind }) => FAULT_KINDS[kind].destroys === 'copies')) await this.#whole();
      await Promise.all(faults.map((fault) => this.#one(fault)));
      await delay(Math.max(0, Math.min(restMs, untilMs - performance.now())));
    }
  }

  /** Before copies are destroyed, those that were destroyed before must be in sync again. */
  async #whole(): Promise<void> {
    const { damage, cluster } = this.#options.world;
    const deadlineMs = performance.now() + WHOLE_MS_MAX;
    while (damage.isOpen && performance.now() < deadlineMs) {
      if (await cluster.view.isWhole()) damage.isOpen = false;
      else await delay(WHOLE_LOOK_MS);
    }
  }

  async #one({ kind, afterMs, holdMs, seed }: PlannedFault): Promise<void> {
    await delay(afterMs);
    const { world, onStep } = this.#options;
    const fromMs = performance.now();
    const note = (target: string, skipped?: string): void => {
      this.events.push({ kind, target, fromMs, toMs: performance.now(), skipped });
    };
    let open: OpenFault;
    try {
      open = await FAULTS[kind]({ ...world, random: new SeededRandom(seed) });
    } catch (error) {
      if (!(error instanceof FaultSkipped)) throw error;
      onStep(`${kind} is left out: ${error.message}`);
      return note('', error.message);
    }
    onStep(`${kind}: ${open.target}, for ${holdMs} ms`);
    await delay(holdMs);
    await open.heal();
    note(open.target);
  }
}
