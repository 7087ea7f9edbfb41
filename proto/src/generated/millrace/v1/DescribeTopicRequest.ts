// Original file: millrace/v1/admin.proto


export interface DescribeTopicRequest {
  'topicId'?: (string);
  'topicName'?: (string);
  'topic'?: "topicId"|"topicName";
}

export interface DescribeTopicRequest__Output {
  'topicId'?: (string);
  'topicName'?: (string);
  'topic'?: "topicId"|"topicName";
}
