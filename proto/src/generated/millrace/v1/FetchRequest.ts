// Original file: millrace/v1/consumer.proto

import type { FetchPartition as _millrace_v1_FetchPartition, FetchPartition__Output as _millrace_v1_FetchPartition__Output } from '../../millrace/v1/FetchPartition.ts';
import type { RecordFormat as _millrace_v1_RecordFormat, RecordFormat__Output as _millrace_v1_RecordFormat__Output } from '../../millrace/v1/RecordFormat.ts';
import type { Isolation as _millrace_v1_Isolation, Isolation__Output as _millrace_v1_Isolation__Output } from '../../millrace/v1/Isolation.ts';

export interface FetchRequest {
  'partitions'?: (_millrace_v1_FetchPartition)[];
  'format'?: (_millrace_v1_RecordFormat);
  'isolation'?: (_millrace_v1_Isolation);
  /**
   * End the stream at the high watermark of its start instead of following.
   */
  'stopAtEnd'?: (boolean);
  /**
   * Largest reply wanted, in bytes; 0: 1 MiB. A single larger batch is still sent whole.
   */
  'messageBytesMax'?: (number);
  /**
   * Where the client is. A broker of the same rack serves its own copy of a partition, below the high watermark that it knows;
   * empty: leaders alone serve it.
   */
  'rack'?: (string);
}

export interface FetchRequest__Output {
  'partitions': (_millrace_v1_FetchPartition__Output)[];
  'format': (_millrace_v1_RecordFormat__Output);
  'isolation': (_millrace_v1_Isolation__Output);
  /**
   * End the stream at the high watermark of its start instead of following.
   */
  'stopAtEnd': (boolean);
  /**
   * Largest reply wanted, in bytes; 0: 1 MiB. A single larger batch is still sent whole.
   */
  'messageBytesMax': (number);
  /**
   * Where the client is. A broker of the same rack serves its own copy of a partition, below the high watermark that it knows;
   * empty: leaders alone serve it.
   */
  'rack': (string);
}
