// Original file: millrace/v1/common.proto

import type { Header as _millrace_v1_Header, Header__Output as _millrace_v1_Header__Output } from '../../millrace/v1/Header.ts';
import type { Long } from '@grpc/proto-loader';

export interface Record {
  /**
   * Absent: no key.
   */
  'key'?: (Buffer | Uint8Array | string);
  /**
   * Absent: a null value, a tombstone in compacted topics.
   */
  'value'?: (Buffer | Uint8Array | string);
  'headers'?: (_millrace_v1_Header)[];
  /**
   * Milliseconds since 1970-01-01T00:00Z. Absent in a produce request: the time of its arrival.
   */
  'timestampMs'?: (number | string | Long);
  /**
   * Set by the broker in what is fetched; ignored in what is produced.
   */
  'offset'?: (number | string | Long);
  '_key'?: "key";
  '_value'?: "value";
  '_timestampMs'?: "timestampMs";
}

export interface Record__Output {
  /**
   * Absent: no key.
   */
  'key'?: (Buffer);
  /**
   * Absent: a null value, a tombstone in compacted topics.
   */
  'value'?: (Buffer);
  'headers': (_millrace_v1_Header__Output)[];
  /**
   * Milliseconds since 1970-01-01T00:00Z. Absent in a produce request: the time of its arrival.
   */
  'timestampMs'?: (number);
  /**
   * Set by the broker in what is fetched; ignored in what is produced.
   */
  'offset': (number);
  '_key'?: "key";
  '_value'?: "value";
  '_timestampMs'?: "timestampMs";
}
