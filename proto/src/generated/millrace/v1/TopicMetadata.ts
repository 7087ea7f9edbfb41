// Original file: millrace/v1/cluster.proto

import type { PartitionMetadata as _millrace_v1_PartitionMetadata, PartitionMetadata__Output as _millrace_v1_PartitionMetadata__Output } from '../../millrace/v1/PartitionMetadata.ts';

export interface TopicMetadata {
  'topicId'?: (string);
  'name'?: (string);
  'internal'?: (boolean);
  'replicationFactor'?: (number);
  /**
   * All of them.
   */
  'partitions'?: (_millrace_v1_PartitionMetadata)[];
}

export interface TopicMetadata__Output {
  'topicId': (string);
  'name': (string);
  'internal': (boolean);
  'replicationFactor': (number);
  /**
   * All of them.
   */
  'partitions': (_millrace_v1_PartitionMetadata__Output)[];
}
