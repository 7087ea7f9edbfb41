// Original file: millrace/v1/producer.proto

import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../millrace/v1/Error.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What became of the records of one entry that went to one partition.
 */
export interface ProduceResult {
  /**
   * Index of the entry in its request.
   */
  'entry'?: (number);
  'topicId'?: (string);
  'partition'?: (number);
  /**
   * Offset of the first record; the others follow it. -1 with ACKS_NONE and on errors.
   */
  'baseOffset'?: (number | string | Long);
  'leaderEpoch'?: (number);
  'recordCount'?: (number);
  /**
   * With `records` that went to more than one partition: which ones of the entry these are, in the order of their offsets.
   */
  'recordIndexes'?: (number)[];
  'error'?: (_millrace_v1_Error | null);
}

/**
 * What became of the records of one entry that went to one partition.
 */
export interface ProduceResult__Output {
  /**
   * Index of the entry in its request.
   */
  'entry': (number);
  'topicId': (string);
  'partition': (number);
  /**
   * Offset of the first record; the others follow it. -1 with ACKS_NONE and on errors.
   */
  'baseOffset': (number);
  'leaderEpoch': (number);
  'recordCount': (number);
  /**
   * With `records` that went to more than one partition: which ones of the entry these are, in the order of their offsets.
   */
  'recordIndexes': (number)[];
  'error': (_millrace_v1_Error__Output | null);
}
