import { resolveTopicConfig, type TopicConfig } from '@millrace/core/topicConfig';
import type { CreateCopy } from '../cluster/sessionMessages.ts';
import type { LogConfig } from '../log/partition/logConfig.ts';
import type { CopySpec } from '../log/directory/logDirectory.ts';
import type { PartitionLog } from '../log/partition/partitionLog.ts';

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
    config.minCleanableDirtyRatio === wanted.minCleanableDirtyRatio &&
    config.minCompactionLagMs === wanted.minCompactionLagMs &&
    config.tombstoneRetentionMs === wanted.tombstoneRetentionMs &&
    config.retentionBytes === wanted.retentionBytes
  );
}

/** Of a copy that the controller wants here. */
export function toCopySpec({ topicId, topicName, partition, config }: CreateCopy): CopySpec {
  return { topicId, topicName, partition, config: resolvedConfig(config) };
}

const resolved = new WeakMap<object, TopicConfig>();

/** Read once for all partitions of a topic: it takes some 20 us, and a topic may have 10,000. `config` is immutable. */
export function resolvedConfig(config: Readonly<Record<string, string>>): TopicConfig {
  const known = resolved.get(config);
  if (known !== undefined) return known;
  const read = resolveTopicConfig(config);
  resolved.set(config, read);
  return read;
}
