// Original file: millrace/v1/admin.proto


export interface DeleteTopicRequest {
  'topicId'?: (string);
  'topicName'?: (string);
  'topic'?: "topicId"|"topicName";
}

export interface DeleteTopicRequest__Output {
  'topicId'?: (string);
  'topicName'?: (string);
  'topic'?: "topicId"|"topicName";
}
