// Original file: millrace/v1/admin.proto

import type { CopyDescription as _millrace_v1_CopyDescription, CopyDescription__Output as _millrace_v1_CopyDescription__Output } from '../../millrace/v1/CopyDescription.ts';

export interface DescribeCopiesResponse {
  'copies'?: (_millrace_v1_CopyDescription)[];
}

export interface DescribeCopiesResponse__Output {
  'copies': (_millrace_v1_CopyDescription__Output)[];
}
