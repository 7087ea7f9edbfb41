// Original file: millrace/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface CopyDescription {
  'partition'?: (number);
  /**
   * "<broker id>:<copy id>".
   */
  'copy'?: (string);
  'logStart'?: (number | string | Long);
  /**
   * Exclusive.
   */
  'logEnd'?: (number | string | Long);
  /**
   * As far as this copy knows.
   */
  'highWatermark'?: (number | string | Long);
  /**
   * Of its last batch; -1: it is empty.
   */
  'lastEpoch'?: (number);
  'sizeBytes'?: (number | string | Long);
}

export interface CopyDescription__Output {
  'partition': (number);
  /**
   * "<broker id>:<copy id>".
   */
  'copy': (string);
  'logStart': (number);
  /**
   * Exclusive.
   */
  'logEnd': (number);
  /**
   * As far as this copy knows.
   */
  'highWatermark': (number);
  /**
   * Of its last batch; -1: it is empty.
   */
  'lastEpoch': (number);
  'sizeBytes': (number);
}
