// Original file: millrace/v1/consumer.proto

import type { CommitOffsetsResponse as _millrace_v1_CommitOffsetsResponse, CommitOffsetsResponse__Output as _millrace_v1_CommitOffsetsResponse__Output } from '../../millrace/v1/CommitOffsetsResponse.ts';
import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../millrace/v1/Error.ts';
import type { Long } from '@grpc/proto-loader';

export interface ConsumeCommitted {
  'sequence'?: (number | string | Long);
  'result'?: (_millrace_v1_CommitOffsetsResponse | null);
  /**
   * Of the commit as a whole; the stream goes on.
   */
  'error'?: (_millrace_v1_Error | null);
}

export interface ConsumeCommitted__Output {
  'sequence': (number);
  'result': (_millrace_v1_CommitOffsetsResponse__Output | null);
  /**
   * Of the commit as a whole; the stream goes on.
   */
  'error': (_millrace_v1_Error__Output | null);
}
