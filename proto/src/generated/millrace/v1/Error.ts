// Original file: millrace/v1/common.proto

import type { Outcome as _millrace_v1_Outcome, Outcome__Output as _millrace_v1_Outcome__Output } from '../../millrace/v1/Outcome.ts';
import type { Endpoint as _millrace_v1_Endpoint, Endpoint__Output as _millrace_v1_Endpoint__Output } from '../../millrace/v1/Endpoint.ts';

/**
 * An error inside a reply or a stream. Unary calls that fail as a whole carry the same facts as google.rpc.ErrorInfo
 * (reason = code, domain = millrace.dev, metadata outcome, retriable, leader) and google.rpc.RetryInfo.
 */
export interface Error {
  /**
   * Stable, upper case, listed in docs/PROTOCOL.md.
   */
  'code'?: (string);
  'outcome'?: (_millrace_v1_Outcome);
  /**
   * For people; never parse it.
   */
  'message'?: (string);
  /**
   * Whether the same request may succeed later.
   */
  'retriable'?: (boolean);
  /**
   * How long to wait before a retry, in milliseconds.
   */
  'retryAfterMs'?: (number);
  /**
   * Who leads the partition, where the answering broker does not.
   */
  'leader'?: (_millrace_v1_Endpoint | null);
}

/**
 * An error inside a reply or a stream. Unary calls that fail as a whole carry the same facts as google.rpc.ErrorInfo
 * (reason = code, domain = millrace.dev, metadata outcome, retriable, leader) and google.rpc.RetryInfo.
 */
export interface Error__Output {
  /**
   * Stable, upper case, listed in docs/PROTOCOL.md.
   */
  'code': (string);
  'outcome': (_millrace_v1_Outcome__Output);
  /**
   * For people; never parse it.
   */
  'message': (string);
  /**
   * Whether the same request may succeed later.
   */
  'retriable': (boolean);
  /**
   * How long to wait before a retry, in milliseconds.
   */
  'retryAfterMs': (number);
  /**
   * Who leads the partition, where the answering broker does not.
   */
  'leader': (_millrace_v1_Endpoint__Output | null);
}
