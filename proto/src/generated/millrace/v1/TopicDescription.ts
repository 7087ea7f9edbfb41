// Original file: millrace/v1/admin.proto

import type { ConfigEntry as _millrace_v1_ConfigEntry, ConfigEntry__Output as _millrace_v1_ConfigEntry__Output } from '../../millrace/v1/ConfigEntry.ts';
import type { PartitionDescription as _millrace_v1_PartitionDescription, PartitionDescription__Output as _millrace_v1_PartitionDescription__Output } from '../../millrace/v1/PartitionDescription.ts';

export interface TopicDescription {
  'topicId'?: (string);
  'name'?: (string);
  'partitions'?: (number);
  'replicationFactor'?: (number);
  'internal'?: (boolean);
  'config'?: (_millrace_v1_ConfigEntry)[];
  'partitionDetails'?: (_millrace_v1_PartitionDescription)[];
}

export interface TopicDescription__Output {
  'topicId': (string);
  'name': (string);
  'partitions': (number);
  'replicationFactor': (number);
  'internal': (boolean);
  'config': (_millrace_v1_ConfigEntry__Output)[];
  'partitionDetails': (_millrace_v1_PartitionDescription__Output)[];
}
