// Original file: millrace/v1/groups.proto

import type { OffsetToCommit as _millrace_v1_OffsetToCommit, OffsetToCommit__Output as _millrace_v1_OffsetToCommit__Output } from '../../millrace/v1/OffsetToCommit.ts';

export interface CommitOffsetsRequest {
  'group'?: (string);
  /**
   * Empty: by somebody who is no member, which a group with members refuses.
   */
  'memberId'?: (string);
  'instanceId'?: (string);
  'memberEpoch'?: (number);
  'offsets'?: (_millrace_v1_OffsetToCommit)[];
  /**
   * Take offsets below the committed ones too, which are refused otherwise: late messages look like this.
   */
  'rewind'?: (boolean);
}

export interface CommitOffsetsRequest__Output {
  'group': (string);
  /**
   * Empty: by somebody who is no member, which a group with members refuses.
   */
  'memberId': (string);
  'instanceId': (string);
  'memberEpoch': (number);
  'offsets': (_millrace_v1_OffsetToCommit__Output)[];
  /**
   * Take offsets below the committed ones too, which are refused otherwise: late messages look like this.
   */
  'rewind': (boolean);
}
