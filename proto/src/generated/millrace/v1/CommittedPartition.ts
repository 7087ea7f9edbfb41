// Original file: millrace/v1/groups.proto

import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../millrace/v1/Error.ts';

export interface CommittedPartition {
  'topicId'?: (string);
  'partition'?: (number);
  /**
   * Absent: it is committed.
   */
  'error'?: (_millrace_v1_Error | null);
}

export interface CommittedPartition__Output {
  'topicId': (string);
  'partition': (number);
  /**
   * Absent: it is committed.
   */
  'error': (_millrace_v1_Error__Output | null);
}
