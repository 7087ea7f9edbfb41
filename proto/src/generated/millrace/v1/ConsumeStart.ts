// Original file: millrace/v1/consumer.proto

import type { GroupJoin as _millrace_v1_GroupJoin, GroupJoin__Output as _millrace_v1_GroupJoin__Output } from '../../millrace/v1/GroupJoin.ts';
import type { RecordFormat as _millrace_v1_RecordFormat, RecordFormat__Output as _millrace_v1_RecordFormat__Output } from '../../millrace/v1/RecordFormat.ts';

export interface ConsumeStart {
  'group'?: (string);
  /**
   * As in GroupHeartbeatRequest.
   */
  'memberId'?: (string);
  'instanceId'?: (string);
  'join'?: (_millrace_v1_GroupJoin | null);
  'format'?: (_millrace_v1_RecordFormat);
}

export interface ConsumeStart__Output {
  'group': (string);
  /**
   * As in GroupHeartbeatRequest.
   */
  'memberId': (string);
  'instanceId': (string);
  'join': (_millrace_v1_GroupJoin__Output | null);
  'format': (_millrace_v1_RecordFormat__Output);
}
