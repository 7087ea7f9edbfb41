// Original file: millrace/v1/consumer.proto

import type { FetchPartition as _millrace_v1_FetchPartition, FetchPartition__Output as _millrace_v1_FetchPartition__Output } from '../../millrace/v1/FetchPartition.ts';
import type { RecordFormat as _millrace_v1_RecordFormat, RecordFormat__Output as _millrace_v1_RecordFormat__Output } from '../../millrace/v1/RecordFormat.ts';
import type { Isolation as _millrace_v1_Isolation, Isolation__Output as _millrace_v1_Isolation__Output } from '../../millrace/v1/Isolation.ts';

export interface FetchOnceRequest {
  'partitions'?: (_millrace_v1_FetchPartition)[];
  'format'?: (_millrace_v1_RecordFormat);
  'isolation'?: (_millrace_v1_Isolation);
  /**
   * 0: 1 MiB.
   */
  'bytesMax'?: (number);
  /**
   * How long to wait while there is nothing to read, in milliseconds; at most 60,000.
   */
  'maxWaitMs'?: (number);
  /**
   * As in FetchRequest.
   */
  'rack'?: (string);
}

export interface FetchOnceRequest__Output {
  'partitions': (_millrace_v1_FetchPartition__Output)[];
  'format': (_millrace_v1_RecordFormat__Output);
  'isolation': (_millrace_v1_Isolation__Output);
  /**
   * 0: 1 MiB.
   */
  'bytesMax': (number);
  /**
   * How long to wait while there is nothing to read, in milliseconds; at most 60,000.
   */
  'maxWaitMs': (number);
  /**
   * As in FetchRequest.
   */
  'rack': (string);
}
