// Original file: millrace/v1/groups.proto

import type { GroupSpec as _millrace_v1_GroupSpec, GroupSpec__Output as _millrace_v1_GroupSpec__Output } from '../../millrace/v1/GroupSpec.ts';
import type { Long } from '@grpc/proto-loader';

export interface DeclareGroupRequest {
  'group'?: (string);
  /**
   * Of the resource. A generation that is not newer changes nothing; another resource replaces it.
   */
  'uid'?: (string);
  'generation'?: (number | string | Long);
  /**
   * Absent: withdraws what this resource declared.
   */
  'spec'?: (_millrace_v1_GroupSpec | null);
}

export interface DeclareGroupRequest__Output {
  'group': (string);
  /**
   * Of the resource. A generation that is not newer changes nothing; another resource replaces it.
   */
  'uid': (string);
  'generation': (number);
  /**
   * Absent: withdraws what this resource declared.
   */
  'spec': (_millrace_v1_GroupSpec__Output | null);
}
