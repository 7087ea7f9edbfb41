// Original file: millrace/v1/admin.proto


export interface PartitionReassignment {
  'topicId'?: (string);
  'topicName'?: (string);
  'partition'?: (number);
  /**
   * Broker ids, the preferred leader first.
   */
  'replicas'?: (number)[];
  /**
   * Instead of replicas: stay with those that it has now.
   */
  'cancel'?: (boolean);
  'topic'?: "topicId"|"topicName";
}

export interface PartitionReassignment__Output {
  'topicId'?: (string);
  'topicName'?: (string);
  'partition': (number);
  /**
   * Broker ids, the preferred leader first.
   */
  'replicas': (number)[];
  /**
   * Instead of replicas: stay with those that it has now.
   */
  'cancel': (boolean);
  'topic'?: "topicId"|"topicName";
}
