// Original file: millrace/v1/admin.proto


export interface DescribeCopiesRequest {
  'topicId'?: (string);
  'topicName'?: (string);
  'topic'?: "topicId"|"topicName";
}

export interface DescribeCopiesRequest__Output {
  'topicId'?: (string);
  'topicName'?: (string);
  'topic'?: "topicId"|"topicName";
}
