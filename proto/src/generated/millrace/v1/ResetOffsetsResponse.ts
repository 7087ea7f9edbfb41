// Original file: millrace/v1/groups.proto

import type { ResetOffset as _millrace_v1_ResetOffset, ResetOffset__Output as _millrace_v1_ResetOffset__Output } from '../../millrace/v1/ResetOffset.ts';

export interface ResetOffsetsResponse {
  'offsets'?: (_millrace_v1_ResetOffset)[];
  'throttleMs'?: (number);
}

export interface ResetOffsetsResponse__Output {
  'offsets': (_millrace_v1_ResetOffset__Output)[];
  'throttleMs': (number);
}
