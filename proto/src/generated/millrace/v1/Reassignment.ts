// Original file: millrace/v1/admin.proto


/**
 * A partition whose replicas are not yet those that are wanted.
 */
export interface Reassignment {
  'topicId'?: (string);
  'topicName'?: (string);
  'partition'?: (number);
  'replicas'?: (number)[];
  'wanted'?: (number)[];
  /**
   * Of the wanted: those that copy now. The others wait for their turn.
   */
  'adding'?: (number)[];
  'isr'?: (number)[];
  /**
   * Broker id; -1: nobody leads.
   */
  'leader'?: (number);
}

/**
 * A partition whose replicas are not yet those that are wanted.
 */
export interface Reassignment__Output {
  'topicId': (string);
  'topicName': (string);
  'partition': (number);
  'replicas': (number)[];
  'wanted': (number)[];
  /**
   * Of the wanted: those that copy now. The others wait for their turn.
   */
  'adding': (number)[];
  'isr': (number)[];
  /**
   * Broker id; -1: nobody leads.
   */
  'leader': (number);
}
