// Original file: millrace/v1/groups.proto

import type { CommittedOffset as _millrace_v1_CommittedOffset, CommittedOffset__Output as _millrace_v1_CommittedOffset__Output } from '../../millrace/v1/CommittedOffset.ts';
import type { StartPosition as _millrace_v1_StartPosition, StartPosition__Output as _millrace_v1_StartPosition__Output } from '../../millrace/v1/StartPosition.ts';

export interface AssignedPartition {
  'topicId'?: (string);
  'partition'?: (number);
  /**
   * Absent: nothing is committed.
   */
  'committed'?: (_millrace_v1_CommittedOffset | null);
  /**
   * Where to begin if nothing is committed.
   */
  'start'?: (_millrace_v1_StartPosition | null);
}

export interface AssignedPartition__Output {
  'topicId': (string);
  'partition': (number);
  /**
   * Absent: nothing is committed.
   */
  'committed': (_millrace_v1_CommittedOffset__Output | null);
  /**
   * Where to begin if nothing is committed.
   */
  'start': (_millrace_v1_StartPosition__Output | null);
}
