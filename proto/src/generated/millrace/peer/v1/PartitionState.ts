// Original file: millrace/peer/v1/controller.proto


/**
 * Copies are `<brokerId>:<copyId>`, a leader is `<brokerId>:<copyId>:<bootId>`.
 */
export interface PartitionState {
  'partition'?: (number);
  'initialized'?: (boolean);
  'replicas'?: (number)[];
  'adding'?: (number)[];
  /**
   * Empty: nobody leads.
   */
  'leader'?: (string);
  'isr'?: (string)[];
  'eligible'?: (string)[];
  'leaderEpoch'?: (number);
  'epoch'?: (number);
  'minIsr'?: (number);
  /**
   * Absent: no leader was elected unclean.
   */
  'uncleanEpoch'?: (number);
  '_uncleanEpoch'?: "uncleanEpoch";
}

/**
 * Copies are `<brokerId>:<copyId>`, a leader is `<brokerId>:<copyId>:<bootId>`.
 */
export interface PartitionState__Output {
  'partition': (number);
  'initialized': (boolean);
  'replicas': (number)[];
  'adding': (number)[];
  /**
   * Empty: nobody leads.
   */
  'leader': (string);
  'isr': (string)[];
  'eligible': (string)[];
  'leaderEpoch': (number);
  'epoch': (number);
  'minIsr': (number);
  /**
   * Absent: no leader was elected unclean.
   */
  'uncleanEpoch'?: (number);
  '_uncleanEpoch'?: "uncleanEpoch";
}
