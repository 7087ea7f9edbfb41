import { resolveTopicConfig } from '@millrace/core/topicConfig';
import type { CreateCopy } from '../cluster/sessionMessages.ts';
import type { LogConfig } from '../log/logConfig.ts';
import type { CopySpec } from '../log/logDirectory.ts';
import type { PartitionLog } from '../log/partitionLog.ts';

/** Whether the log acts on all of this already. */
export function hasConfig({ config }: PartitionLog, wanted: LogConfig): boolean {
  return (
    config.durability === wanted.durability &&
    config.cleanupPolicy === wanted.cleanupPolicy &&
    config.batchBytesMax === wanted.batchBytesMax &&
    config.segmentBytesMax === wanted.segmentBytesMax &&
    config.segmentMsMax === wanted.segmentMsMax &&
    config.indexIntervalBytes === wanted.indexIntervalBytes &&
    config.retentionMs === wanted.retentionMs &&
    config.retentionBytes === wanted.retentionBytes
  );
}

/** Of a copy that the controller wants here. */
export function toCopySpec({ topicId, topicName, partition, config }: CreateCopy): CopySpec {
  return { topicId, topicName, partition, config: resolveTopicConfig(config) };
}
