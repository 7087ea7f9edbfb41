// Original file: millrace/v1/groups.proto

import type { LagVerdict as _millrace_v1_LagVerdict, LagVerdict__Output as _millrace_v1_LagVerdict__Output } from '../../millrace/v1/LagVerdict.ts';
import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../millrace/v1/Error.ts';
import type { Long } from '@grpc/proto-loader';

export interface PartitionLag {
  'topicId'?: (string);
  'topicName'?: (string);
  'partition'?: (number);
  /**
   * Absent: nothing is committed; lag counts from the earliest record if that is where the group begins.
   */
  'committed'?: (number | string | Long);
  /**
   * In milliseconds since 1970.
   */
  'commitMs'?: (number | string | Long);
  /**
   * Absent: not known, `error` says why. Never 0 in place of what is not known.
   */
  'logStart'?: (number | string | Long);
  'end'?: (number | string | Long);
  /**
   * Between the committed offset and the end; what has expired is not in it.
   */
  'records'?: (number | string | Long);
  /**
   * Age of the first record that is not committed, by its timestamp; 0: there is none.
   */
  'lagMs'?: (number | string | Long);
  'verdict'?: (_millrace_v1_LagVerdict);
  /**
   * Who owns it; empty: nobody.
   */
  'memberId'?: (string);
  'error'?: (_millrace_v1_Error | null);
  '_committed'?: "committed";
  '_commitMs'?: "commitMs";
  '_logStart'?: "logStart";
  '_end'?: "end";
  '_records'?: "records";
  '_lagMs'?: "lagMs";
}

export interface PartitionLag__Output {
  'topicId': (string);
  'topicName': (string);
  'partition': (number);
  /**
   * Absent: nothing is committed; lag counts from the earliest record if that is where the group begins.
   */
  'committed'?: (number);
  /**
   * In milliseconds since 1970.
   */
  'commitMs'?: (number);
  /**
   * Absent: not known, `error` says why. Never 0 in place of what is not known.
   */
  'logStart'?: (number);
  'end'?: (number);
  /**
   * Between the committed offset and the end; what has expired is not in it.
   */
  'records'?: (number);
  /**
   * Age of the first record that is not committed, by its timestamp; 0: there is none.
   */
  'lagMs'?: (number);
  'verdict': (_millrace_v1_LagVerdict__Output);
  /**
   * Who owns it; empty: nobody.
   */
  'memberId': (string);
  'error': (_millrace_v1_Error__Output | null);
  '_committed'?: "committed";
  '_commitMs'?: "commitMs";
  '_logStart'?: "logStart";
  '_end'?: "end";
  '_records'?: "records";
  '_lagMs'?: "lagMs";
}
