// Original file: millrace/v1/groups.proto

import type { FetchedOffset as _millrace_v1_FetchedOffset, FetchedOffset__Output as _millrace_v1_FetchedOffset__Output } from '../../millrace/v1/FetchedOffset.ts';

export interface FetchOffsetsResponse {
  'offsets'?: (_millrace_v1_FetchedOffset)[];
  'throttleMs'?: (number);
}

export interface FetchOffsetsResponse__Output {
  'offsets': (_millrace_v1_FetchedOffset__Output)[];
  'throttleMs': (number);
}
