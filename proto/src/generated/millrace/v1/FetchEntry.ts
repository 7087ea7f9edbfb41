// Original file: millrace/v1/consumer.proto

import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../millrace/v1/Error.ts';
import type { AbortedTransaction as _millrace_v1_AbortedTransaction, AbortedTransaction__Output as _millrace_v1_AbortedTransaction__Output } from '../../millrace/v1/AbortedTransaction.ts';
import type { Record as _millrace_v1_Record, Record__Output as _millrace_v1_Record__Output } from '../../millrace/v1/Record.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One partition's share of a reply. The first entry of every partition carries its resolved start and no data.
 */
export interface FetchEntry {
  'topicId'?: (string);
  'partition'?: (number);
  'leaderEpoch'?: (number);
  'highWatermark'?: (number | string | Long);
  'lastStable'?: (number | string | Long);
  'logStart'?: (number | string | Long);
  'localStart'?: (number | string | Long);
  /**
   * Where reading goes on after this entry. Offsets may have gaps.
   */
  'nextOffset'?: (number | string | Long);
  /**
   * Ends this partition in this stream; the others go on.
   */
  'error'?: (_millrace_v1_Error | null);
  'aborted'?: (_millrace_v1_AbortedTransaction)[];
  /**
   * This partition is complete: its end offset or the end of the log at the start was reached.
   */
  'end'?: (boolean);
  'records'?: (_millrace_v1_Record)[];
  'batches'?: (Buffer | Uint8Array | string);
}

/**
 * One partition's share of a reply. The first entry of every partition carries its resolved start and no data.
 */
export interface FetchEntry__Output {
  'topicId': (string);
  'partition': (number);
  'leaderEpoch': (number);
  'highWatermark': (number);
  'lastStable': (number);
  'logStart': (number);
  'localStart': (number);
  /**
   * Where reading goes on after this entry. Offsets may have gaps.
   */
  'nextOffset': (number);
  /**
   * Ends this partition in this stream; the others go on.
   */
  'error': (_millrace_v1_Error__Output | null);
  'aborted': (_millrace_v1_AbortedTransaction__Output)[];
  /**
   * This partition is complete: its end offset or the end of the log at the start was reached.
   */
  'end': (boolean);
  'records': (_millrace_v1_Record__Output)[];
  'batches': (Buffer);
}
