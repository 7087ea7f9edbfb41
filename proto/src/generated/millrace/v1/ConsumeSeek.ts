// Original file: millrace/v1/consumer.proto

import type { PartitionSeek as _millrace_v1_PartitionSeek, PartitionSeek__Output as _millrace_v1_PartitionSeek__Output } from '../../millrace/v1/PartitionSeek.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What is sent of these comes from there. It commits nothing; a commit further back needs `rewind`.
 */
export interface ConsumeSeek {
  /**
   * Comes back with the answer.
   */
  'sequence'?: (number | string | Long);
  'seeks'?: (_millrace_v1_PartitionSeek)[];
}

/**
 * What is sent of these comes from there. It commits nothing; a commit further back needs `rewind`.
 */
export interface ConsumeSeek__Output {
  /**
   * Comes back with the answer.
   */
  'sequence': (number);
  'seeks': (_millrace_v1_PartitionSeek__Output)[];
}
