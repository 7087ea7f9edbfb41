// Original file: millrace/peer/v1/controller.proto

import type { Long } from '@grpc/proto-loader';

/**
 * What a broker knows of one of its copies, durably.
 */
export interface CopyReport {
  'topicId'?: (string);
  'partition'?: (number);
  'copyId'?: (string);
  /**
   * Leader epoch of its last batch, or the adopted one if that is higher; -1: none.
   */
  'lastEpoch'?: (number);
  'durableEnd'?: (number | string | Long);
  /**
   * This copy was in the ISR.
   */
  'wasIsr'?: (boolean);
  /**
   * The lowest that the copy has seen; absent: none.
   */
  'minIsr'?: (number);
  '_minIsr'?: "minIsr";
}

/**
 * What a broker knows of one of its copies, durably.
 */
export interface CopyReport__Output {
  'topicId': (string);
  'partition': (number);
  'copyId': (string);
  /**
   * Leader epoch of its last batch, or the adopted one if that is higher; -1: none.
   */
  'lastEpoch': (number);
  'durableEnd': (number);
  /**
   * This copy was in the ISR.
   */
  'wasIsr': (boolean);
  /**
   * The lowest that the copy has seen; absent: none.
   */
  'minIsr'?: (number);
  '_minIsr'?: "minIsr";
}
