// Original file: millrace/v1/admin.proto


export interface UncleanElectRequest {
  'topicId'?: (string);
  'topicName'?: (string);
  'partition'?: (number);
  /**
   * "<broker id>:<copy id>", as DescribeCopies names it.
   */
  'copy'?: (string);
  'topic'?: "topicId"|"topicName";
}

export interface UncleanElectRequest__Output {
  'topicId'?: (string);
  'topicName'?: (string);
  'partition': (number);
  /**
   * "<broker id>:<copy id>", as DescribeCopies names it.
   */
  'copy': (string);
  'topic'?: "topicId"|"topicName";
}
