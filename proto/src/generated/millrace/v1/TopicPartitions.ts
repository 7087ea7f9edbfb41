// Original file: millrace/v1/groups.proto


/**
 * Partitions of one topic.
 */
export interface TopicPartitions {
  'topicId'?: (string);
  'partitions'?: (number)[];
}

/**
 * Partitions of one topic.
 */
export interface TopicPartitions__Output {
  'topicId': (string);
  'partitions': (number)[];
}
