// Original file: millrace/v1/consumer.proto

import type { OffsetToCommit as _millrace_v1_OffsetToCommit, OffsetToCommit__Output as _millrace_v1_OffsetToCommit__Output } from '../../millrace/v1/OffsetToCommit.ts';
import type { Long } from '@grpc/proto-loader';

export interface ConsumeCommit {
  /**
   * Comes back with the answer.
   */
  'sequence'?: (number | string | Long);
  'offsets'?: (_millrace_v1_OffsetToCommit)[];
  /**
   * As in CommitOffsetsRequest.
   */
  'rewind'?: (boolean);
}

export interface ConsumeCommit__Output {
  /**
   * Comes back with the answer.
   */
  'sequence': (number);
  'offsets': (_millrace_v1_OffsetToCommit__Output)[];
  /**
   * As in CommitOffsetsRequest.
   */
  'rewind': (boolean);
}
