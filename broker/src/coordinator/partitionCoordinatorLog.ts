import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import type { Clock } from '../io/clock.ts';
import type { LogDirectory } from '../log/directory/logDirectory.ts';
import type { LogCursor } from '../log/partition/logCursor.ts';
import type { Appended, AppendListener, Partition } from '../replication/partition.ts';
import type { CoordinatorLog } from './coordinatorLog.ts';

/** Stamped by this process's own clock. */
const TIMESTAMP_AHEAD_MS_MAX = 3_600_000;

/** A partition that this broker leads, as its coordinator sees it. */
export class PartitionCoordinatorLog implements CoordinatorLog {
  readonly #partition: Partition;
  readonly #directory: Pick<LogDirectory, 'acceptsAppends'>;
  readonly #clock: Clock;

  constructor(partition: Partition, directory: Pick<LogDirectory, 'acceptsAppends'>, clock: Clock) {
    this.#partition = partition;
    this.#directory = directory;
    this.#clock = clock;
  }

  get name(): string {
    return this.#partition.name;
  }

  get startOffset(): Offset {
    return this.#partition.log.logStartOffset;
  }

  get leaderEpoch(): number {
    return this.#partition.leaderEpoch;
  }

  get batchBytesMax(): number {
    return this.#partition.log.config.batchBytesMax;
  }

  get refusal(): MillraceError | undefined {
    const { offline, status, name } = this.#partition;
    if (offline !== undefined) return offline;
    if (status !== undefined && status.isr.length < status.minIsr) {
      const message = `${name}: ${status.isr.length} in sync, ${status.minIsr} wanted`;
      return millraceError('NOT_ENOUGH_REPLICAS', message);
    }
    return this.#directory.acceptsAppends();
  }

  append(batches: Buffer, listener: AppendListener): Appended {
    const rules = {
      batchBytesMax: this.batchBytesMax,
      nowMs: this.#clock.wallMs(),
      timestampAheadMsMax: TIMESTAMP_AHEAD_MS_MAX,
      origin: 'coordinator' as const,
    };
    return this.#partition.append(batches, 'all', rules, listener);
  }

  openCursor(offset: Offset): Pick<LogCursor, 'next'> {
    return this.#partition.log.openCursor(offset);
  }
}
