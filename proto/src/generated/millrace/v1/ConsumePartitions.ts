// Original file: millrace/v1/consumer.proto

import type { TopicPartitions as _millrace_v1_TopicPartitions, TopicPartitions__Output as _millrace_v1_TopicPartitions__Output } from '../../millrace/v1/TopicPartitions.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Partitions of which nothing is to be sent until they are resumed, or that are to be sent again. The session goes on.
 */
export interface ConsumePartitions {
  /**
   * Comes back with the answer.
   */
  'sequence'?: (number | string | Long);
  /**
   * None: all that are assigned now.
   */
  'partitions'?: (_millrace_v1_TopicPartitions)[];
}

/**
 * Partitions of which nothing is to be sent until they are resumed, or that are to be sent again. The session goes on.
 */
export interface ConsumePartitions__Output {
  /**
   * Comes back with the answer.
   */
  'sequence': (number);
  /**
   * None: all that are assigned now.
   */
  'partitions': (_millrace_v1_TopicPartitions__Output)[];
}
