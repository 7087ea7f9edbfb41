// Original file: millrace/v1/admin.proto


export interface AlterTopicRequest {
  'topicId'?: (string);
  'topicName'?: (string);
  /**
   * 0: unchanged. Partitions can only be added.
   */
  'partitions'?: (number);
  'config'?: ({[key: string]: string});
  /**
   * Keys that go back to their defaults.
   */
  'configUnset'?: (string)[];
  'validateOnly'?: (boolean);
  'topic'?: "topicId"|"topicName";
}

export interface AlterTopicRequest__Output {
  'topicId'?: (string);
  'topicName'?: (string);
  /**
   * 0: unchanged. Partitions can only be added.
   */
  'partitions': (number);
  'config': ({[key: string]: string});
  /**
   * Keys that go back to their defaults.
   */
  'configUnset': (string)[];
  'validateOnly': (boolean);
  'topic'?: "topicId"|"topicName";
}
