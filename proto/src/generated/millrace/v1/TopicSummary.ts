// Original file: millrace/v1/admin.proto


/**
 * A topic without its partitions.
 */
export interface TopicSummary {
  'topicId'?: (string);
  'name'?: (string);
  'partitions'?: (number);
  'replicationFactor'?: (number);
  'internal'?: (boolean);
}

/**
 * A topic without its partitions.
 */
export interface TopicSummary__Output {
  'topicId': (string);
  'name': (string);
  'partitions': (number);
  'replicationFactor': (number);
  'internal': (boolean);
}
