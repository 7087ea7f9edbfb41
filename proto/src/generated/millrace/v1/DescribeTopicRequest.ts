// Original file: millrace/v1/admin.proto


export interface DescribeTopicRequest {
  'topicId'?: (string);
  'topicName'?: (string);
  /**
   * Only what the broker that is asked knows by itself: who leads, not the positions of the leaders. No broker that
   * hangs holds up the answer.
   */
  'withoutPositions'?: (boolean);
  'topic'?: "topicId"|"topicName";
}

export interface DescribeTopicRequest__Output {
  'topicId'?: (string);
  'topicName'?: (string);
  /**
   * Only what the broker that is asked knows by itself: who leads, not the positions of the leaders. No broker that
   * hangs holds up the answer.
   */
  'withoutPositions': (boolean);
  'topic'?: "topicId"|"topicName";
}
