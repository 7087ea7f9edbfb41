// Original file: millrace/v1/consumer.proto

import type { PartitionOffset as _millrace_v1_PartitionOffset, PartitionOffset__Output as _millrace_v1_PartitionOffset__Output } from '../../millrace/v1/PartitionOffset.ts';

export interface ListOffsetsResponse {
  'topicId'?: (string);
  'offsets'?: (_millrace_v1_PartitionOffset)[];
}

export interface ListOffsetsResponse__Output {
  'topicId': (string);
  'offsets': (_millrace_v1_PartitionOffset__Output)[];
}
