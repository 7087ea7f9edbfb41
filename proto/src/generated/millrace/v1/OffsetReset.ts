// Original file: millrace/v1/groups.proto

import type { Long } from '@grpc/proto-loader';

export interface OffsetReset {
  'topicId'?: (string);
  'partition'?: (number);
  /**
   * Absent: takes the commit away.
   */
  'offset'?: (number | string | Long);
  '_offset'?: "offset";
}

export interface OffsetReset__Output {
  'topicId': (string);
  'partition': (number);
  /**
   * Absent: takes the commit away.
   */
  'offset'?: (number);
  '_offset'?: "offset";
}
