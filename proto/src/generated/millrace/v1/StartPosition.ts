// Original file: millrace/v1/groups.proto

import type { Long } from '@grpc/proto-loader';

export interface StartPosition {
  'latest'?: (boolean);
  /**
   * The first record at or after this, in milliseconds since 1970.
   */
  'timestampMs'?: (number | string | Long);
  /**
   * The first record that is no older than this, in milliseconds.
   */
  'durationMs'?: (number | string | Long);
  /**
   * None given: the earliest record.
   */
  'start'?: "latest"|"timestampMs"|"durationMs";
}

export interface StartPosition__Output {
  'latest'?: (boolean);
  /**
   * The first record at or after this, in milliseconds since 1970.
   */
  'timestampMs'?: (number);
  /**
   * The first record that is no older than this, in milliseconds.
   */
  'durationMs'?: (number);
  /**
   * None given: the earliest record.
   */
  'start'?: "latest"|"timestampMs"|"durationMs";
}
