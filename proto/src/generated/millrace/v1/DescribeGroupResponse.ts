// Original file: millrace/v1/groups.proto

import type { GroupCondition as _millrace_v1_GroupCondition, GroupCondition__Output as _millrace_v1_GroupCondition__Output } from '../../millrace/v1/GroupCondition.ts';
import type { GroupMember as _millrace_v1_GroupMember, GroupMember__Output as _millrace_v1_GroupMember__Output } from '../../millrace/v1/GroupMember.ts';
import type { FetchedOffset as _millrace_v1_FetchedOffset, FetchedOffset__Output as _millrace_v1_FetchedOffset__Output } from '../../millrace/v1/FetchedOffset.ts';
import type { GroupSpec as _millrace_v1_GroupSpec, GroupSpec__Output as _millrace_v1_GroupSpec__Output } from '../../millrace/v1/GroupSpec.ts';
import type { GroupLag as _millrace_v1_GroupLag, GroupLag__Output as _millrace_v1_GroupLag__Output } from '../../millrace/v1/GroupLag.ts';
import type { Long } from '@grpc/proto-loader';

export interface DescribeGroupResponse {
  'group'?: (string);
  'condition'?: (_millrace_v1_GroupCondition);
  'epoch'?: (number);
  'assignor'?: (string);
  'members'?: (_millrace_v1_GroupMember)[];
  'offsets'?: (_millrace_v1_FetchedOffset)[];
  /**
   * Absent: nobody has declared it, or it is withdrawn.
   */
  'declared'?: (_millrace_v1_GroupSpec | null);
  /**
   * Of a reset that can be undone, in milliseconds since 1970.
   */
  'lastResetMs'?: (number | string | Long);
  'throttleMs'?: (number);
  /**
   * Without its partitions, which DescribeGroupLag has.
   */
  'lag'?: (_millrace_v1_GroupLag | null);
  '_lastResetMs'?: "lastResetMs";
}

export interface DescribeGroupResponse__Output {
  'group': (string);
  'condition': (_millrace_v1_GroupCondition__Output);
  'epoch': (number);
  'assignor': (string);
  'members': (_millrace_v1_GroupMember__Output)[];
  'offsets': (_millrace_v1_FetchedOffset__Output)[];
  /**
   * Absent: nobody has declared it, or it is withdrawn.
   */
  'declared': (_millrace_v1_GroupSpec__Output | null);
  /**
   * Of a reset that can be undone, in milliseconds since 1970.
   */
  'lastResetMs'?: (number);
  'throttleMs': (number);
  /**
   * Without its partitions, which DescribeGroupLag has.
   */
  'lag': (_millrace_v1_GroupLag__Output | null);
  '_lastResetMs'?: "lastResetMs";
}
