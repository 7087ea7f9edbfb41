// Original file: millrace/v1/groups.proto

import type { CommittedPartition as _millrace_v1_CommittedPartition, CommittedPartition__Output as _millrace_v1_CommittedPartition__Output } from '../../millrace/v1/CommittedPartition.ts';

export interface CommitOffsetsResponse {
  'partitions'?: (_millrace_v1_CommittedPartition)[];
  'throttleMs'?: (number);
}

export interface CommitOffsetsResponse__Output {
  'partitions': (_millrace_v1_CommittedPartition__Output)[];
  'throttleMs': (number);
}
