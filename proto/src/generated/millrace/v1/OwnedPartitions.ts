// Original file: millrace/v1/groups.proto

import type { TopicPartitions as _millrace_v1_TopicPartitions, TopicPartitions__Output as _millrace_v1_TopicPartitions__Output } from '../../millrace/v1/TopicPartitions.ts';

export interface OwnedPartitions {
  'partitions'?: (_millrace_v1_TopicPartitions)[];
}

export interface OwnedPartitions__Output {
  'partitions': (_millrace_v1_TopicPartitions__Output)[];
}
