// Original file: millrace/v1/consumer.proto


export interface OffsetForLeaderEpochRequest {
  'topicId'?: (string);
  'topicName'?: (string);
  'partition'?: (number);
  'leaderEpoch'?: (number);
  'topic'?: "topicId"|"topicName";
}

export interface OffsetForLeaderEpochRequest__Output {
  'topicId'?: (string);
  'topicName'?: (string);
  'partition': (number);
  'leaderEpoch': (number);
  'topic'?: "topicId"|"topicName";
}
