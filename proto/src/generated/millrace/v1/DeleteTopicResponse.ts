// Original file: millrace/v1/admin.proto


export interface DeleteTopicResponse {
  'topicId'?: (string);
}

export interface DeleteTopicResponse__Output {
  'topicId': (string);
}
