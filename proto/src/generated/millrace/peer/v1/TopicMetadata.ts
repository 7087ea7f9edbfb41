// Original file: millrace/peer/v1/controller.proto

import type { PartitionState as _millrace_peer_v1_PartitionState, PartitionState__Output as _millrace_peer_v1_PartitionState__Output } from '../../../millrace/peer/v1/PartitionState.ts';

export interface TopicMetadata {
  'topicId'?: (string);
  'name'?: (string);
  'replicationFactor'?: (number);
  'config'?: ({[key: string]: string});
  /**
   * The keys that somebody set.
   */
  'configSet'?: (string)[];
  'deleted'?: (boolean);
  'partitions'?: (_millrace_peer_v1_PartitionState)[];
  /**
   * More partitions of the last topic of the part before; only topic_id and partitions are given.
   */
  'continued'?: (boolean);
}

export interface TopicMetadata__Output {
  'topicId': (string);
  'name': (string);
  'replicationFactor': (number);
  'config': ({[key: string]: string});
  /**
   * The keys that somebody set.
   */
  'configSet': (string)[];
  'deleted': (boolean);
  'partitions': (_millrace_peer_v1_PartitionState__Output)[];
  /**
   * More partitions of the last topic of the part before; only topic_id and partitions are given.
   */
  'continued': (boolean);
}
