// Original file: millrace/peer/v1/controller.proto


export interface IsrProposal {
  'topicId'?: (string);
  'partition'?: (number);
  'leaderEpoch'?: (number);
  /**
   * The partition epoch that the proposal is against.
   */
  'epoch'?: (number);
  'isr'?: (string)[];
}

export interface IsrProposal__Output {
  'topicId': (string);
  'partition': (number);
  'leaderEpoch': (number);
  /**
   * The partition epoch that the proposal is against.
   */
  'epoch': (number);
  'isr': (string)[];
}
