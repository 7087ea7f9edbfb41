// Original file: millrace/peer/v1/positions.proto

import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../../millrace/v1/Error.ts';

export interface PartitionFailure {
  'partition'?: (number);
  'error'?: (_millrace_v1_Error | null);
}

export interface PartitionFailure__Output {
  'partition': (number);
  'error': (_millrace_v1_Error__Output | null);
}
