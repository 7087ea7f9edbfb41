// Original file: millrace/v1/producer.proto

import type { Record as _millrace_v1_Record, Record__Output as _millrace_v1_Record__Output } from '../../millrace/v1/Record.ts';
import type { Long } from '@grpc/proto-loader';

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
   * The broker batches them: at least once, unless `partition`, `producer_id`, `producer_epoch` and `first_sequence` are given.
   * With these they are one batch, which is in the log once however often the entry is sent: a repeated one is answered
   * with the offset of the first.
   */
  'records'?: (_millrace_v1_Record)[];
  /**
   * Of InitProducer. With `records` only: batches carry their own.
   */
  'producerId'?: (number | string | Long);
  /**
   * 0 at first. A higher one begins its sequences at 0, and lower ones are fenced.
   */
  'producerEpoch'?: (number);
  /**
   * Of the first record: per partition from 0, one for each record, after 2^31 - 1 comes 0.
   */
  'firstSequence'?: (number);
  /**
   * One or more record batches of format v2, back to back; base offset and leader epoch are stamped by the leader.
   */
  'batches'?: (Buffer | Uint8Array | string);
  'topic'?: "topicId"|"topicName";
  '_partition'?: "partition";
  '_producerId'?: "producerId";
  '_producerEpoch'?: "producerEpoch";
  '_firstSequence'?: "firstSequence";
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
   * The broker batches them: at least once, unless `partition`, `producer_id`, `producer_epoch` and `first_sequence` are given.
   * With these they are one batch, which is in the log once however often the entry is sent: a repeated one is answered
   * with the offset of the first.
   */
  'records': (_millrace_v1_Record__Output)[];
  /**
   * Of InitProducer. With `records` only: batches carry their own.
   */
  'producerId'?: (number);
  /**
   * 0 at first. A higher one begins its sequences at 0, and lower ones are fenced.
   */
  'producerEpoch'?: (number);
  /**
   * Of the first record: per partition from 0, one for each record, after 2^31 - 1 comes 0.
   */
  'firstSequence'?: (number);
  /**
   * One or more record batches of format v2, back to back; base offset and leader epoch are stamped by the leader.
   */
  'batches': (Buffer);
  'topic'?: "topicId"|"topicName";
  '_partition'?: "partition";
  '_producerId'?: "producerId";
  '_producerEpoch'?: "producerEpoch";
  '_firstSequence'?: "firstSequence";
}
