// Original file: millrace/peer/v1/controller.proto


export interface UnreadyPartition {
  'topicId'?: (string);
  'partition'?: (number);
}

export interface UnreadyPartition__Output {
  'topicId': (string);
  'partition': (number);
}
