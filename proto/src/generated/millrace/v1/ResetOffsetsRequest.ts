// Original file: millrace/v1/groups.proto

import type { OffsetReset as _millrace_v1_OffsetReset, OffsetReset__Output as _millrace_v1_OffsetReset__Output } from '../../millrace/v1/OffsetReset.ts';

/**
 * A group with members is refused.
 */
export interface ResetOffsetsRequest {
  'group'?: (string);
  'offsets'?: (_millrace_v1_OffsetReset)[];
  /**
   * Only show what it would do.
   */
  'dryRun'?: (boolean);
  /**
   * Put back what the last reset overwrote, once; without `offsets`.
   */
  'undo'?: (boolean);
}

/**
 * A group with members is refused.
 */
export interface ResetOffsetsRequest__Output {
  'group': (string);
  'offsets': (_millrace_v1_OffsetReset__Output)[];
  /**
   * Only show what it would do.
   */
  'dryRun': (boolean);
  /**
   * Put back what the last reset overwrote, once; without `offsets`.
   */
  'undo': (boolean);
}
