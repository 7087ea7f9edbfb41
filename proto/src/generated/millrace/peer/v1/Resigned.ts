// Original file: millrace/peer/v1/controller.proto


/**
 * A failed write has ended the leader's epoch: elect anew.
 */
export interface Resigned {
  'topicId'?: (string);
  'partition'?: (number);
  'leaderEpoch'?: (number);
  /**
   * The copy itself is damaged: another member leads, and the copy leaves the ISR; nothing changes while there is none.
   */
  'isDamaged'?: (boolean);
}

/**
 * A failed write has ended the leader's epoch: elect anew.
 */
export interface Resigned__Output {
  'topicId': (string);
  'partition': (number);
  'leaderEpoch': (number);
  /**
   * The copy itself is damaged: another member leads, and the copy leaves the ISR; nothing changes while there is none.
   */
  'isDamaged': (boolean);
}
