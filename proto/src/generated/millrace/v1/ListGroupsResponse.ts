// Original file: millrace/v1/groups.proto

import type { GroupSummary as _millrace_v1_GroupSummary, GroupSummary__Output as _millrace_v1_GroupSummary__Output } from '../../millrace/v1/GroupSummary.ts';

export interface ListGroupsResponse {
  'groups'?: (_millrace_v1_GroupSummary)[];
  'throttleMs'?: (number);
}

export interface ListGroupsResponse__Output {
  'groups': (_millrace_v1_GroupSummary__Output)[];
  'throttleMs': (number);
}
