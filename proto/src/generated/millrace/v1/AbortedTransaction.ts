// Original file: millrace/v1/consumer.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Reserved for transactions: always absent today.
 */
export interface AbortedTransaction {
  'producerId'?: (number | string | Long);
  'firstOffset'?: (number | string | Long);
}

/**
 * Reserved for transactions: always absent today.
 */
export interface AbortedTransaction__Output {
  'producerId': (number);
  'firstOffset': (number);
}
