// Original file: millrace/peer/v1/controller.proto


/**
 * A failed write has ended the leader's epoch: elect anew.
 */
export interface Resigned {
  'topicId'?: (string);
  'partition'?: (number);
  'leaderEpoch'?: (number);
}

/**
 * A failed write has ended the leader's epoch: elect anew.
 */
export interface Resigned__Output {
  'topicId': (string);
  'partition': (number);
  'leaderEpoch': (number);
}
