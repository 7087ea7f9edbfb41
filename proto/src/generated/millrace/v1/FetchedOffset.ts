// Original file: millrace/v1/groups.proto

import type { CommittedOffset as _millrace_v1_CommittedOffset, CommittedOffset__Output as _millrace_v1_CommittedOffset__Output } from '../../millrace/v1/CommittedOffset.ts';

export interface FetchedOffset {
  'topicId'?: (string);
  'partition'?: (number);
  /**
   * Absent: nothing is committed.
   */
  'committed'?: (_millrace_v1_CommittedOffset | null);
}

export interface FetchedOffset__Output {
  'topicId': (string);
  'partition': (number);
  /**
   * Absent: nothing is committed.
   */
  'committed': (_millrace_v1_CommittedOffset__Output | null);
}
