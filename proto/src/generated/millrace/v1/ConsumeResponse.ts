// Original file: millrace/v1/consumer.proto

import type { GroupAssignment as _millrace_v1_GroupAssignment, GroupAssignment__Output as _millrace_v1_GroupAssignment__Output } from '../../millrace/v1/GroupAssignment.ts';
import type { FetchResponse as _millrace_v1_FetchResponse, FetchResponse__Output as _millrace_v1_FetchResponse__Output } from '../../millrace/v1/FetchResponse.ts';
import type { ConsumeCommitted as _millrace_v1_ConsumeCommitted, ConsumeCommitted__Output as _millrace_v1_ConsumeCommitted__Output } from '../../millrace/v1/ConsumeCommitted.ts';
import type { ConsumeControlled as _millrace_v1_ConsumeControlled, ConsumeControlled__Output as _millrace_v1_ConsumeControlled__Output } from '../../millrace/v1/ConsumeControlled.ts';

export interface ConsumeResponse {
  /**
   * What to work on from now on. Nothing of `revoking` is sent any more: stop on it, then say so.
   */
  'assignment'?: (_millrace_v1_GroupAssignment | null);
  'records'?: (_millrace_v1_FetchResponse | null);
  'committed'?: (_millrace_v1_ConsumeCommitted | null);
  'controlled'?: (_millrace_v1_ConsumeControlled | null);
  'frame'?: "assignment"|"records"|"committed"|"controlled";
}

export interface ConsumeResponse__Output {
  /**
   * What to work on from now on. Nothing of `revoking` is sent any more: stop on it, then say so.
   */
  'assignment'?: (_millrace_v1_GroupAssignment__Output | null);
  'records'?: (_millrace_v1_FetchResponse__Output | null);
  'committed'?: (_millrace_v1_ConsumeCommitted__Output | null);
  'controlled'?: (_millrace_v1_ConsumeControlled__Output | null);
  'frame'?: "assignment"|"records"|"committed"|"controlled";
}
