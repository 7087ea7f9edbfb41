// Original file: millrace/v1/groups.proto

import type { GroupLag as _millrace_v1_GroupLag, GroupLag__Output as _millrace_v1_GroupLag__Output } from '../../millrace/v1/GroupLag.ts';

export interface DescribeGroupLagResponse {
  /**
   * By name. A group whose partitions do not fit goes on in the next reply.
   */
  'groups'?: (_millrace_v1_GroupLag)[];
  /**
   * Empty: that was all.
   */
  'nextPageToken'?: (string);
  'throttleMs'?: (number);
}

export interface DescribeGroupLagResponse__Output {
  /**
   * By name. A group whose partitions do not fit goes on in the next reply.
   */
  'groups': (_millrace_v1_GroupLag__Output)[];
  /**
   * Empty: that was all.
   */
  'nextPageToken': (string);
  'throttleMs': (number);
}
