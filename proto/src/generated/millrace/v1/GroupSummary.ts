// Original file: millrace/v1/groups.proto

import type { GroupCondition as _millrace_v1_GroupCondition, GroupCondition__Output as _millrace_v1_GroupCondition__Output } from '../../millrace/v1/GroupCondition.ts';

export interface GroupSummary {
  'group'?: (string);
  'condition'?: (_millrace_v1_GroupCondition);
  'members'?: (number);
}

export interface GroupSummary__Output {
  'group': (string);
  'condition': (_millrace_v1_GroupCondition__Output);
  'members': (number);
}
