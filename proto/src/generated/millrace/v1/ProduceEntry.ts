// Original file: millrace/v1/producer.proto

import type { Record as _millrace_v1_Record, Record__Output as _millrace_v1_Record__Output } from '../../millrace/v1/Record.ts';

/**
 * Data for one topic. Give `records` or `batches`, not both.
 */
export interface ProduceEntry {
  'topicId'?: (string);
  'topicName'?: (string);
  /**
   * Absent, with `records`: the partition of a keyed record is murmur2(key) mod partitions, records without a key go
   * together to one partition. Required with `batches`.
   */
  'partition'?: (number);
  /**
   * The broker batches them: at least once.
   */
  'records'?: (_millrace_v1_Record)[];
  /**
   * One or more record batches of format v2, back to back; base offset and leader epoch are stamped by the leader.
   */
  'batches'?: (Buffer | Uint8Array | string);
  'topic'?: "topicId"|"topicName";
  '_partition'?: "partition";
}

/**
 * Data for one topic. Give `records` or `batches`, not both.
 */
export interface ProduceEntry__Output {
  'topicId'?: (string);
  'topicName'?: (string);
  /**
   * Absent, with `records`: the partition of a keyed record is murmur2(key) mod partitions, records without a key go
   * together to one partition. Required with `batches`.
   */
  'partition'?: (number);
  /**
   * The broker batches them: at least once.
   */
  'records': (_millrace_v1_Record__Output)[];
  /**
   * One or more record batches of format v2, back to back; base offset and leader epoch are stamped by the leader.
   */
  'batches': (Buffer);
  'topic'?: "topicId"|"topicName";
  '_partition'?: "partition";
}
