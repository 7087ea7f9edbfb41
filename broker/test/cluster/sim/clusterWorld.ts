import { newClusterId, type ClusterId, type TopicId } from '@millrace/core/ids';
import type {
  AssignmentSpec,
  AssignmentStatus,
} from '@millrace/core/resources/partitionAssignment';
import { SeededRandom } from '../../../src/io/seededRandom.ts';
import { SimScheduler } from '../../../src/io/sim/simScheduler.ts';
import { storageErrorCode } from '../../../src/io/storageError.ts';
import { parseStoredJson } from '../../../src/store/storedContents.ts';
import { SimViolation } from '../../log/sim/simViolation.ts';
import type { ClusterOptions } from './clusterOptions.ts';
import { ClusterTranscript } from './clusterTranscript.ts';
import { History } from './history.ts';
import { SimNetwork } from './simNetwork.ts';
import { SimStore } from './simStore.ts';

/** How soon a violation ends a run. */
const sliceMs = 10;

export interface StoredAssignment {
  readonly spec: AssignmentSpec;
  readonly status: AssignmentStatus | undefined;
}

/** What outlives the processes of one seed: virtual time, the network, the store, and what clients saw. */
export class ClusterWorld {
  readonly options: ClusterOptions;
  readonly random: SeededRandom;
  readonly scheduler: SimScheduler;
  readonly transcript: ClusterTranscript;
  readonly network: SimNetwork;
  readonly store: SimStore;
  readonly history = new History();
  readonly clusterId: ClusterId;
  /** Copies of which a bit has flipped. */
  readonly damagedCopies = new Set<string>();
  #violation: Error | undefined;

  constructor(options: ClusterOptions) {
    this.options = options;
    this.random = new SeededRandom(options.seed);
    this.scheduler = new SimScheduler(this.random.fork());
    this.transcript = new ClusterTranscript(this.scheduler);
    this.network = new SimNetwork(this.scheduler, this.random.fork());
    this.network.onViolation = (what) => this.report(new SimViolation(what));
    this.store = new SimStore(this.scheduler, this.random.fork());
    this.clusterId = newClusterId(this.random.bytes(16));
  }

  get nowMs(): number {
    return this.scheduler.nowMs;
  }

  /** What the store holds, as nobody but the simulation can know at once. */
  assignments(): StoredAssignment[] {
    return this.store.contents
      .list('PartitionAssignment')
      .map((row) => parseStoredJson('PartitionAssignment', row));
  }

  /** The first one counts: it ends the run. */
  report(error: unknown): void {
    // Somebody of a dead process meant to use its disk.
    if (storageErrorCode(error) === 'ESRCH') return;
    this.#violation ??= error instanceof Error ? error : new SimViolation(String(error));
  }

  violate(message: string): void {
    this.report(new SimViolation(message));
  }

  throwIfViolated(): void {
    if (this.#violation !== undefined) throw this.#violation;
  }

  /** Runs virtual time until `isDone`, which is asked now and then; false after `ms`. */
  async runUntil(isDone: () => boolean, ms: number, everyMs = 20): Promise<boolean> {
    const endMs = this.nowMs + ms;
    while (!isDone()) {
      if (this.nowMs >= endMs) return false;
      await this.run(everyMs);
    }
    return true;
  }

  async run(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    while (this.nowMs < endMs) {
      try {
        await this.scheduler.runFor(Math.min(sliceMs, endMs - this.nowMs));
      } catch (error) {
        // Thrown by a callback of production code.
        this.report(error);
      }
      this.throwIfViolated();
    }
  }
}

export function partitionKey(topicId: TopicId, partition: number): string {
  return `${topicId}/${partition}`;
}
