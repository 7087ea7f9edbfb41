// Original file: millrace/peer/v1/controller.proto


/**
 * All data of a deleted topic, or of copies that moved away, is gone.
 */
export interface TopicDeleted {
  'topicId'?: (string);
}

/**
 * All data of a deleted topic, or of copies that moved away, is gone.
 */
export interface TopicDeleted__Output {
  'topicId': (string);
}
