// Original file: millrace/peer/v1/controller.proto


export interface CopyToReport {
  'topicId'?: (string);
  'partition'?: (number);
  'epoch'?: (number);
}

export interface CopyToReport__Output {
  'topicId': (string);
  'partition': (number);
  'epoch': (number);
}
