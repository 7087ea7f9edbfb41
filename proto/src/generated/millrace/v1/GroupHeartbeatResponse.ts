// Original file: millrace/v1/groups.proto

import type { GroupAssignment as _millrace_v1_GroupAssignment, GroupAssignment__Output as _millrace_v1_GroupAssignment__Output } from '../../millrace/v1/GroupAssignment.ts';

export interface GroupHeartbeatResponse {
  /**
   * Absent: the member has the newest.
   */
  'assignment'?: (_millrace_v1_GroupAssignment | null);
  /**
   * When to send the next one.
   */
  'heartbeatMs'?: (number);
  'throttleMs'?: (number);
}

export interface GroupHeartbeatResponse__Output {
  /**
   * Absent: the member has the newest.
   */
  'assignment': (_millrace_v1_GroupAssignment__Output | null);
  /**
   * When to send the next one.
   */
  'heartbeatMs': (number);
  'throttleMs': (number);
}
