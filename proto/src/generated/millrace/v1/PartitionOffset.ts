// Original file: millrace/v1/consumer.proto

import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../millrace/v1/Error.ts';
import type { Long } from '@grpc/proto-loader';

export interface PartitionOffset {
  'partition'?: (number);
  'offset'?: (number | string | Long);
  /**
   * Of the record at `offset`; absent where there is none.
   */
  'timestampMs'?: (number | string | Long);
  'leaderEpoch'?: (number);
  'error'?: (_millrace_v1_Error | null);
  '_timestampMs'?: "timestampMs";
}

export interface PartitionOffset__Output {
  'partition': (number);
  'offset': (number);
  /**
   * Of the record at `offset`; absent where there is none.
   */
  'timestampMs'?: (number);
  'leaderEpoch': (number);
  'error': (_millrace_v1_Error__Output | null);
  '_timestampMs'?: "timestampMs";
}
