// Original file: millrace/peer/v1/controller.proto


export interface CreateTopicCopies {
  'topicId'?: (string);
  'topicName'?: (string);
  'config'?: ({[key: string]: string});
  'partitions'?: (number)[];
}

export interface CreateTopicCopies__Output {
  'topicId': (string);
  'topicName': (string);
  'config': ({[key: string]: string});
  'partitions': (number)[];
}
