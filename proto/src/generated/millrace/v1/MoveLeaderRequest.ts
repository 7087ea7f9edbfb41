// Original file: millrace/v1/admin.proto


export interface MoveLeaderRequest {
  'topicId'?: (string);
  'topicName'?: (string);
  'partition'?: (number);
  'brokerId'?: (number);
  'topic'?: "topicId"|"topicName";
}

export interface MoveLeaderRequest__Output {
  'topicId'?: (string);
  'topicName'?: (string);
  'partition': (number);
  'brokerId': (number);
  'topic'?: "topicId"|"topicName";
}
