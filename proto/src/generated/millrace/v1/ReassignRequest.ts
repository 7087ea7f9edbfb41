// Original file: millrace/v1/admin.proto

import type { PartitionReassignment as _millrace_v1_PartitionReassignment, PartitionReassignment__Output as _millrace_v1_PartitionReassignment__Output } from '../../millrace/v1/PartitionReassignment.ts';

export interface ReassignRequest {
  /**
   * 1 to 10,000.
   */
  'changes'?: (_millrace_v1_PartitionReassignment)[];
}

export interface ReassignRequest__Output {
  /**
   * 1 to 10,000.
   */
  'changes': (_millrace_v1_PartitionReassignment__Output)[];
}
