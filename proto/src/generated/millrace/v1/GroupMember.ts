// Original file: millrace/v1/groups.proto

import type { GroupMemberState as _millrace_v1_GroupMemberState, GroupMemberState__Output as _millrace_v1_GroupMemberState__Output } from '../../millrace/v1/GroupMemberState.ts';
import type { TopicPartitions as _millrace_v1_TopicPartitions, TopicPartitions__Output as _millrace_v1_TopicPartitions__Output } from '../../millrace/v1/TopicPartitions.ts';

export interface GroupMember {
  'memberId'?: (string);
  'instanceId'?: (string);
  'clientId'?: (string);
  'state'?: (_millrace_v1_GroupMemberState);
  'memberEpoch'?: (number);
  'topics'?: (string)[];
  'pattern'?: (string);
  'assigned'?: (_millrace_v1_TopicPartitions)[];
  'revoking'?: (_millrace_v1_TopicPartitions)[];
  /**
   * What it is to have in the end.
   */
  'target'?: (_millrace_v1_TopicPartitions)[];
}

export interface GroupMember__Output {
  'memberId': (string);
  'instanceId': (string);
  'clientId': (string);
  'state': (_millrace_v1_GroupMemberState__Output);
  'memberEpoch': (number);
  'topics': (string)[];
  'pattern': (string);
  'assigned': (_millrace_v1_TopicPartitions__Output)[];
  'revoking': (_millrace_v1_TopicPartitions__Output)[];
  /**
   * What it is to have in the end.
   */
  'target': (_millrace_v1_TopicPartitions__Output)[];
}
