// Original file: millrace/v1/groups.proto

import type { GroupAssignment as _millrace_v1_GroupAssignment, GroupAssignment__Output as _millrace_v1_GroupAssignment__Output } from '../../millrace/v1/GroupAssignment.ts';
import type { Endpoint as _millrace_v1_Endpoint, Endpoint__Output as _millrace_v1_Endpoint__Output } from '../../millrace/v1/Endpoint.ts';

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
  /**
   * Present if another broker coordinates the group: its `client` listener. Asked there an answer comes sooner.
   */
  'coordinator'?: (_millrace_v1_Endpoint | null);
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
  /**
   * Present if another broker coordinates the group: its `client` listener. Asked there an answer comes sooner.
   */
  'coordinator': (_millrace_v1_Endpoint__Output | null);
}
