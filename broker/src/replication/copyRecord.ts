import { toMillraceError } from '@millrace/core/errors';
import { blockOf } from '../cluster/epochBlocks.ts';
import type { CopyFacts } from '../log/copies/partitionFile.ts';
import type { PartitionLog } from '../log/partition/partitionLog.ts';
import type { PartitionHost } from './partitionHost.ts';

/** Of a state of the partition. */
export interface CopyState {
  readonly leaderEpoch: number;
  readonly minIsr: number;
  readonly isInIsr: boolean;
}

type Facts = Omit<CopyFacts, 'removedBelow'>;

const NOTHING: Facts = { wasIsr: false, adoptedEpoch: -1, minIsr: undefined };

/**
 * What a copy remembers for a recovery election (safety.md, rule 9): durable in partition.json, and what is on its way
 * there. A minimum below the lowest that is recorded is not in force before it is recorded: otherwise the leader would
 * commit with fewer copies than the election counts on.
 */
export class CopyRecord {
  readonly #log: PartitionLog;
  readonly #host: PartitionHost;
  #adoptedEpoch: number;
  #minIsr = 1;

  constructor(log: PartitionLog, host: PartitionHost) {
    this.#log = log;
    this.#host = host;
    this.#adoptedEpoch = this.#facts.adoptedEpoch;
  }

  /** No leader of an older epoch is obeyed; -1 for none. */
  get adoptedEpoch(): number {
    return this.#adoptedEpoch;
  }

  /** The minimum of the last state, as far as it is in force. */
  get minIsr(): number {
    const recorded = this.#facts.minIsr;
    if (recorded === undefined || this.#host.rulesOff.has('min-isr-recorded')) {
      return this.#minIsr;
    }
    return Math.max(this.#minIsr, recorded);
  }

  /** A state says this. `saved`: what was missing on the disk is there. */
  note(state: CopyState, saved: () => void): void {
    this.#minIsr = state.minIsr;
    const { wasIsr, minIsr, adoptedEpoch } = this.#facts;
    if (blockOf(state.leaderEpoch) > blockOf(this.#adoptedEpoch)) this.#raise(state.leaderEpoch);
    const facts = {
      wasIsr: wasIsr || state.isInIsr || this.#host.rulesOff.has('was-isr-after-commit'),
      minIsr: Math.min(minIsr ?? Number.POSITIVE_INFINITY, state.minIsr),
      // With wasIsr: who counts in the next recovery knows of the one before it.
      adoptedEpoch: this.#adoptedEpoch,
    };
    const isKnown = adoptedEpoch === this.#adoptedEpoch && facts.minIsr === minIsr;
    if (isKnown && facts.wasIsr === wasIsr) return;
    const { directory, logger } = this.#host;
    directory.saveCopyFacts(this.#log, facts).then(saved, (error: unknown) => {
      const { code, message } = toMillraceError(error);
      // The next state tries again; until then less is allowed than could be.
      if (code === 'UNKNOWN_PARTITION' || code === 'SHUTTING_DOWN') return;
      logger.warn('what a copy has to remember is not saved', { cause: message });
    });
  }

  /** Holds from this call on; durable once it resolves. Rejects as LogDirectory.saveCopyFacts does. */
  async adopt(epoch: number): Promise<void> {
    this.#raise(epoch);
    const adoptedEpoch = this.#adoptedEpoch;
    if (this.#host.rulesOff.has('adopted-epoch-durable')) return;
    await this.#host.directory.saveCopyFacts(this.#log, { adoptedEpoch });
  }

  #raise(epoch: number): void {
    this.#adoptedEpoch = Math.max(this.#adoptedEpoch, epoch);
  }

  get #facts(): Facts {
    const { directory } = this.#host;
    // One that could not be created, or that is gone, remembers nothing; its log has failed.
    if (directory.get(this.#log.topicId, this.#log.partition) !== this.#log) return NOTHING;
    return directory.copyFacts(this.#log);
  }
}
