// Original file: millrace/v1/admin.proto

import type { Reassignment as _millrace_v1_Reassignment, Reassignment__Output as _millrace_v1_Reassignment__Output } from '../../millrace/v1/Reassignment.ts';

export interface ListReassignmentsResponse {
  'reassignments'?: (_millrace_v1_Reassignment)[];
}

export interface ListReassignmentsResponse__Output {
  'reassignments': (_millrace_v1_Reassignment__Output)[];
}
