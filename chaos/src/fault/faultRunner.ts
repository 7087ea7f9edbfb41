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
  /** It hit a whole cluster, and no other fault was there. */
  readonly isAlone: boolean;
  /** Why it was not done. */
  readonly skipped: string | undefined;
}

export interface FaultRunnerOptions {
  readonly world: Omit<FaultWorld, 'random'>;
  /** One line for each thing done. */
  readonly onStep: (line: string) => void;
  readonly onFailure: (line: string) => void;
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
    for (const { begins, faults, restMs } of rounds) {
      if (performance.now() >= untilMs) return;
      const { damage } = this.#options.world;
      const destroys = faults.some(({ kind }) => FAULT_KINDS[kind].destroys === 'copies');
      const isWhole =
        begins === 'whole' || (destroys && damage.isOpen) ? await this.#whole() : false;
      if (isWhole) damage.isOpen = false;
      const isAlone = isWhole && faults.length === 1;
      await Promise.all(faults.map((fault) => this.#one(fault, isAlone)));
      await delay(Math.max(0, Math.min(restMs, untilMs - performance.now())));
    }
  }

  /** Waits until all copies are in sync. False: they are not in time, though nothing disturbs them. */
  async #whole(): Promise<boolean> {
    const { world, onFailure } = this.#options;
    const { view } = world.cluster;
    const deadlineMs = performance.now() + WHOLE_MS_MAX;
    while (!(await view.isWhole())) {
      if (performance.now() > deadlineMs) {
        const last = this.events.at(-1)?.kind ?? 'the start';
        onFailure(`not whole ${WHOLE_MS_MAX} ms after ${last}: ${await view.inWords()}`);
        return false;
      }
      await delay(WHOLE_LOOK_MS);
    }
    return true;
  }

  async #one(fault: PlannedFault, isAlone: boolean): Promise<void> {
    const { kind, afterMs, holdMs, seed } = fault;
    await delay(afterMs);
    const { world, onStep } = this.#options;
    const fromMs = performance.now();
    const note = (target: string, skipped?: string): void => {
      const toMs = performance.now();
      this.events.push({ kind, target, fromMs, toMs, isAlone, skipped });
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
