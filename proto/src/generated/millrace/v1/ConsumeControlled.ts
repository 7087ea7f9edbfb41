// Original file: millrace/v1/consumer.proto

import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../millrace/v1/Error.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Answer to pause, resume and seek, in its place among the records: what comes after it comes as it was asked for.
 */
export interface ConsumeControlled {
  'sequence'?: (number | string | Long);
  /**
   * Present: nothing was changed. NOT_OWNER for a partition that is not assigned.
   */
  'error'?: (_millrace_v1_Error | null);
}

/**
 * Answer to pause, resume and seek, in its place among the records: what comes after it comes as it was asked for.
 */
export interface ConsumeControlled__Output {
  'sequence': (number);
  /**
   * Present: nothing was changed. NOT_OWNER for a partition that is not assigned.
   */
  'error': (_millrace_v1_Error__Output | null);
}
