import type { Random } from '../random.ts';
import { StorageError } from '../storageError.ts';
import type { SimFault, SimFaultPlan, SimOperation } from './simFaults.ts';
import type { SimProcess } from './simProcess.ts';

/** The code of what a synchronous call throws once its process is dead: nobody is there to see it. */
export const processDead = 'ESRCH';

/**
 * What a fault makes of an operation. `bytesMax` bounds a transfer; `error` is thrown after it.
 */
export interface Verdict {
  readonly bytesMax: number;
  readonly error: StorageError | undefined;
}

/**
 * How one process's operations reach the disk: at once for synchronous ones, at a random time between
 * call and end for those in the pool. Deals the faults.
 */
export class SimKernel {
  readonly random: Random;
  readonly #process: SimProcess;
  readonly #plan: SimFaultPlan;
  /** Pool operations that have not reached the disk. */
  readonly #inFlight = new Set<() => void>();

  constructor(process: SimProcess, random: Random, plan: SimFaultPlan) {
    this.#process = process;
    this.random = random;
    this.#plan = plan;
    process.onKill(() => this.#finishSome());
  }

  now<Result>(operation: SimOperation, effect: (verdict: Verdict) => Result): Result {
    this.#requireAlive(operation);
    const fault = this.#plan(operation);
    if (fault?.kind === 'delay') this.#process.scheduler.spend(fault.ms);
    return this.#perform(operation, fault, effect);
  }

  /** The promise stays pending if the process dies. */
  pooled<Result>(operation: SimOperation, effect: (verdict: Verdict) => Result): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    if (!this.#process.alive) return promise;
    const fault = this.#plan(operation);
    const perform = (): void => {
      this.#inFlight.delete(perform);
      try {
        const result = this.#perform(operation, fault, effect);
        this.#later(operation, () => resolve(result));
      } catch (error) {
        this.#later(operation, () => reject(error));
      }
    };
    this.#inFlight.add(perform);
    const delayMs = fault?.kind === 'delay' ? fault.ms : 0;
    this.#process.after(delayMs + this.#latencyMs(operation), operation.kind, perform);
    return promise;
  }

  #perform<Result>(
    operation: SimOperation,
    fault: SimFault | undefined,
    effect: (verdict: Verdict) => Result,
  ): Result {
    const verdict = this.#verdict(operation, fault);
    if (fault?.kind === 'kill') {
      // The part of a write that the kernel has done; of anything else all or nothing.
      if (operation.kind === 'write' || this.random.int(2) === 0)
        ignoreErrors(() => effect(verdict));
      this.#process.kill();
      this.#requireAlive(operation);
    }
    return effect(verdict);
  }

  #verdict({ kind, path, bytes }: SimOperation, fault: SimFault | undefined): Verdict {
    switch (fault?.kind) {
      case 'error':
        return {
          bytesMax: this.random.int(bytes + 1),
          error: new StorageError(fault.code, kind, path),
        };
      case 'short':
        return { bytesMax: Math.max(1, fault.bytes), error: undefined };
      case 'kill':
        return { bytesMax: this.random.int(bytes + 1), error: undefined };
      case 'delay':
      case undefined:
        return { bytesMax: bytes, error: undefined };
    }
  }

  /** Each half of the way; syncs are slow, and now and then very slow. */
  #latencyMs({ kind }: SimOperation): number {
    const share = this.random.float();
    if (kind !== 'sync' && kind !== 'syncDirectory') return share * 0.1;
    return this.random.int(30) === 0 ? share * 40 : share;
  }

  #later(operation: SimOperation, run: () => void): void {
    this.#process.after(this.#latencyMs(operation), `${operation.kind} end`, run);
  }

  /** kill -9 does not stop a system call that has begun: some of those in the pool still happen. */
  #finishSome(): void {
    for (const perform of this.#inFlight) {
      if (this.random.int(2) === 0) perform();
    }
    this.#inFlight.clear();
  }

  #requireAlive({ kind, path }: SimOperation): void {
    if (!this.#process.alive) throw new StorageError(processDead, kind, path);
  }
}

function ignoreErrors(effect: () => unknown): void {
  try {
    effect();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
  }
}
