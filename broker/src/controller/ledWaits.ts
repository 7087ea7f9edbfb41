/** Requests that answer once partitions are led, or when that takes too long. */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { Clock } from '../io/clock.ts';

const WAIT_MS_MAX = 10_000;

interface Wait {
  readonly topicId: TopicId;
  readonly check: () => void;
  readonly fail: (error: MillraceError) => void;
}

export class LedWaits {
  readonly #clock: Clock;
  readonly #waits = new Set<Wait>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Resolves once all that `partitions` returns are led. Rejects with UNAVAILABLE, outcome `applied`, naming those that
   * are not, or with what `failed` is told.
   */
  async led(topicId: TopicId, name: string, partitions: () => PartitionStatus[]): Promise<void> {
    const missing = () => partitions().filter(({ leader }) => leader === null);
    if (missing().length === 0) return;
    await new Promise<void>((resolve, reject) => {
      const end = (error?: MillraceError): void => {
        this.#waits.delete(wait);
        timer.cancel();
        if (error === undefined) resolve();
        else reject(error);
      };
      const wait: Wait = {
        topicId,
        check: () => {
          if (missing().length === 0) end();
        },
        fail: end,
      };
      const timer = this.#clock.setTimer(WAIT_MS_MAX, () => end(notLed(name, missing())));
      this.#waits.add(wait);
    });
  }

  /** Something of the topic was committed. */
  changed(topicId: TopicId): void {
    if (this.#waits.size === 0) return;
    for (const wait of this.#waits) if (wait.topicId === topicId) wait.check();
  }

  failed(topicId: TopicId, error: MillraceError): void {
    for (const wait of this.#waits) if (wait.topicId === topicId) wait.fail(error);
  }

  close(error: MillraceError): void {
    for (const wait of this.#waits) wait.fail(error);
  }
}

function notLed(name: string, missing: readonly PartitionStatus[]): MillraceError {
  const shown = missing.slice(0, 5).map(({ p, replicas }) => `${p} (on ${replicas.join(', ')})`);
  const more = missing.length > shown.length ? ` and ${missing.length - shown.length} more` : '';
  return millraceError(
    'UNAVAILABLE',
    `topic ${name} is stored; without a leader yet: partition ${shown.join('; ')}${more}`,
    { outcome: 'applied' },
  );
}
