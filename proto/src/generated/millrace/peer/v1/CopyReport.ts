// Original file: millrace/peer/v1/controller.proto

import type { Long } from '@grpc/proto-loader';

/**
 * What a broker knows of one of its copies, durably. An absent epoch: none.
 */
export interface CopyReport {
  'topicId'?: (string);
  'partition'?: (number);
  'copyId'?: (string);
  /**
   * Leader epoch of its last batch.
   */
  'lastEpoch'?: (number);
  /**
   * Adopted for a recovery election: no leader of an older epoch is obeyed.
   */
  'adoptedEpoch'?: (number);
  /**
   * The highest leader epoch and partition epoch of a state that the broker applied to it.
   */
  'seenLeaderEpoch'?: (number);
  'seenEpoch'?: (number);
  'durableEnd'?: (number | string | Long);
  /**
   * This copy was in the ISR.
   */
  'wasIsr'?: (boolean);
  /**
   * The lowest that the copy has seen; absent: none.
   */
  'minIsr'?: (number);
  '_lastEpoch'?: "lastEpoch";
  '_adoptedEpoch'?: "adoptedEpoch";
  '_seenLeaderEpoch'?: "seenLeaderEpoch";
  '_seenEpoch'?: "seenEpoch";
  '_minIsr'?: "minIsr";
}

/**
 * What a broker knows of one of its copies, durably. An absent epoch: none.
 */
export interface CopyReport__Output {
  'topicId': (string);
  'partition': (number);
  'copyId': (string);
  /**
   * Leader epoch of its last batch.
   */
  'lastEpoch'?: (number);
  /**
   * Adopted for a recovery election: no leader of an older epoch is obeyed.
   */
  'adoptedEpoch'?: (number);
  /**
   * The highest leader epoch and partition epoch of a state that the broker applied to it.
   */
  'seenLeaderEpoch'?: (number);
  'seenEpoch'?: (number);
  'durableEnd': (number);
  /**
   * This copy was in the ISR.
   */
  'wasIsr': (boolean);
  /**
   * The lowest that the copy has seen; absent: none.
   */
  'minIsr'?: (number);
  '_lastEpoch'?: "lastEpoch";
  '_adoptedEpoch'?: "adoptedEpoch";
  '_seenLeaderEpoch'?: "seenLeaderEpoch";
  '_seenEpoch'?: "seenEpoch";
  '_minIsr'?: "minIsr";
}
