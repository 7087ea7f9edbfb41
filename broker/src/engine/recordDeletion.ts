import { millraceError, toMillraceError } from '@millrace/core/errors';
import { type Offset, toOffset } from '@millrace/core/ids';
import type { Leaders } from '../forwarding/leaders.ts';
import type { LogDirectory } from '../log/directory/logDirectory.ts';
import { online } from './fetchStart.ts';
import type { Topic, TopicReference, Topics } from './topics.ts';

/** Stands for the high watermark. */
const HIGH_WATERMARK = -1;

export interface RecordDeletionParts {
  readonly topics: Topics;
  readonly directory: LogDirectory;
  readonly leaders: Leaders;
}

/** Partitions that are to begin at an offset, by their leaders; followers obey (safety.md, rule 24). */
export class RecordDeletion {
  readonly #parts: RecordDeletionParts;

  constructor(parts: RecordDeletionParts) {
    this.#parts = parts;
  }

  /**
   * The partition begins at `offset`, or at the batch that holds it, durably here once it resolves; followers hear of it
   * at once. -1: at the high watermark. Throws UNAUTHORIZED, NOT_LEADER, INVALID_REQUEST for a topic that is only
   * compacted, OFFSET_OUT_OF_RANGE above the high watermark, DISK_FULL.
   */
  async deleteRecords(
    reference: TopicReference,
    number: number,
    offset: number,
  ): Promise<{ readonly topic: Topic; readonly logStart: Offset }> {
    const { topics, directory, leaders } = this.#parts;
    const topic = topics.resolve(reference);
    if (topic.internal) throw millraceError('UNAUTHORIZED', `${topic.name} is internal`);
    if (!topic.config.cleanupPolicy.includes('delete')) {
      const what = `cleanupPolicy of ${topic.name} is ${topic.config.cleanupPolicy}: records go by compaction alone`;
      throw millraceError('INVALID_REQUEST', what);
    }
    try {
      const partition = online(topics.partition(topic, number));
      const { highWatermark, log } = partition;
      const wanted = offset === HIGH_WATERMARK ? highWatermark : toOffset(offset);
      if (wanted > highWatermark) {
        const what = `offset ${wanted} of ${partition.name}: the high watermark is ${highWatermark}`;
        throw millraceError('OFFSET_OUT_OF_RANGE', what);
      }
      const logStart = await directory.retention.deleteRecords(log, wanted);
      partition.link?.highWatermarkMoved();
      return { topic, logStart };
    } catch (error) {
      throw leaders.hinted(toMillraceError(error), topic, number);
    }
  }
}
