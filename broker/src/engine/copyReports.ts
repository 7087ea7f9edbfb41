import type { TopicId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { MetadataImage } from '../cluster/metadata.ts';
import type { CopyReport } from '../cluster/sessionMessages.ts';
import type { LogDirectory } from '../log/directory/logDirectory.ts';
import type { PartitionLog } from '../log/partition/partitionLog.ts';

type StatusOf = (topicId: TopicId, partition: number) => PartitionStatus | undefined;

/**
 * What the controller is told of a copy. The highest epochs that it has seen, by an earlier boot too: a store that knows
 * only lower ones was rewound (safety.md, rule 9).
 */
export class CopyReports {
  readonly #directory: LogDirectory;
  readonly #statusOf: StatusOf;
  readonly #before: ReadonlyMap<TopicId, readonly PartitionStatus[]>;

  constructor(directory: LogDirectory, statusOf: StatusOf, before: MetadataImage | undefined) {
    this.#directory = directory;
    this.#statusOf = statusOf;
    const topics = before?.topics ?? [];
    this.#before = new Map(topics.map(({ topicId, partitions }) => [topicId, partitions]));
  }

  of(log: PartitionLog): CopyReport {
    const { topicId, partition, copyId, lastEpoch, durableEndOffset } = log;
    const { adoptedEpoch, wasIsr, minIsr } = this.#directory.copyFacts(log);
    const seen = this.#statusOf(topicId, partition) ?? this.#before.get(topicId)?.[partition];
    return {
      topicId,
      partition,
      copyId,
      lastEpoch,
      adoptedEpoch,
      seenLeaderEpoch: seen?.leaderEpoch ?? -1,
      seenEpoch: seen?.epoch ?? -1,
      durableEnd: durableEndOffset,
      wasIsr,
      minIsr: minIsr ?? null,
    };
  }
}
