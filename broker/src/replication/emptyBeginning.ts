import { toMillraceError } from '@millrace/core/errors';
import type { CopyId, Offset } from '@millrace/core/ids';
import type { PartitionLog } from '../log/partition/partitionLog.ts';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { PartitionHost } from './partitionHost.ts';
import { leaderCopy } from './partitionRole.ts';

/**
 * What a copy that began empty under a leader remembers (safety.md, rule 24): it holds no key whose tombstone that leader
 * had removed by then. It says so to that very copy of the leader, for another one has removed others; and as a leader it
 * may itself lack what was gone then.
 */
export class EmptyBeginning {
  readonly #log: PartitionLog;
  readonly #host: PartitionHost;
  readonly #leader: CopyId | undefined;

  constructor(
    { log, status }: { readonly log: PartitionLog; readonly status: PartitionStatus | undefined },
    host: PartitionHost,
  ) {
    this.#log = log;
    this.#host = host;
    this.#leader = status && leaderCopy(status);
  }

  /** To be told to the leader; 0: the copy did not begin empty under it. */
  get removedBelow(): number {
    const begun = this.#begun;
    return begun !== undefined && begun.under === this.#leader ? begun.removedBelow : 0;
  }

  /** Whether the log is empty, and what the leader says of its tombstones has to be recorded first. */
  isNews(removedBelow: Offset): boolean {
    if (removedBelow <= this.removedBelow || this.#host.rulesOff.has('begins-under-leader')) {
      return false;
    }
    const { logStartOffset, logEndOffset, lastEpoch } = this.#log;
    return lastEpoch < 0 && logStartOffset === logEndOffset;
  }

  /** Durable once it resolves; what could not be saved is asked for again. */
  async save(removedBelow: Offset): Promise<void> {
    const { directory, logger } = this.#host;
    if (this.#leader === undefined) return;
    const begun = { under: this.#leader, removedBelow };
    try {
      await directory.saveCopyFacts(this.#log, { removedBelow, begun });
    } catch (error) {
      const { message } = toMillraceError(error);
      logger.warn('what a copy has to remember is not saved', { cause: message });
    }
  }

  /**
   * Whether records of another copy are about to be taken before this one holds all that the leader of then had removed
   * tombstones in: keys come with them whose tombstones that one has not, so what is remembered has to go first.
   */
  get isOver(): boolean {
    const begun = this.#begun;
    if (begun === undefined || begun.under === this.#leader) return false;
    return this.#log.logEndOffset < begun.removedBelow;
  }

  /** Durable once it resolves; as `save`. */
  async end(): Promise<void> {
    const { directory, logger } = this.#host;
    try {
      await directory.endBeginning(this.#log);
    } catch (error) {
      const { message } = toMillraceError(error);
      logger.warn('what a copy must not claim any more is not saved', { cause: message });
    }
  }

  get #begun(): { readonly under: CopyId; readonly removedBelow: number } | undefined {
    const { directory } = this.#host;
    const { topicId, partition } = this.#log;
    if (directory.get(topicId, partition) !== this.#log) return undefined;
    return directory.copyFacts(this.#log).begun;
  }
}
