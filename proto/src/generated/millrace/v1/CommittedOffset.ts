// Original file: millrace/v1/groups.proto

import type { Long } from '@grpc/proto-loader';

export interface CommittedOffset {
  /**
   * Of the next record to process.
   */
  'offset'?: (number | string | Long);
  /**
   * Of the last record processed; absent: not known.
   */
  'leaderEpoch'?: (number);
  /**
   * At most 4 KiB.
   */
  'metadata'?: (string);
  /**
   * Set by the coordinator.
   */
  'commitMs'?: (number | string | Long);
  '_leaderEpoch'?: "leaderEpoch";
}

export interface CommittedOffset__Output {
  /**
   * Of the next record to process.
   */
  'offset': (number);
  /**
   * Of the last record processed; absent: not known.
   */
  'leaderEpoch'?: (number);
  /**
   * At most 4 KiB.
   */
  'metadata': (string);
  /**
   * Set by the coordinator.
   */
  'commitMs': (number);
  '_leaderEpoch'?: "leaderEpoch";
}
