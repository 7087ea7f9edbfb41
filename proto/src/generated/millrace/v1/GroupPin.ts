// Original file: millrace/v1/groups.proto


export interface GroupPin {
  'instanceId'?: (string);
  'topic'?: (string);
  'partitions'?: (number)[];
}

export interface GroupPin__Output {
  'instanceId': (string);
  'topic': (string);
  'partitions': (number)[];
}
