// Original file: millrace/v1/producer.proto

import type { Acks as _millrace_v1_Acks, Acks__Output as _millrace_v1_Acks__Output } from '../../millrace/v1/Acks.ts';
import type { ProduceEntry as _millrace_v1_ProduceEntry, ProduceEntry__Output as _millrace_v1_ProduceEntry__Output } from '../../millrace/v1/ProduceEntry.ts';

export interface ProduceRequest {
  'acks'?: (_millrace_v1_Acks);
  /**
   * How long acknowledgement may take, in milliseconds; 0: 30,000. After it the outcome is unknown.
   */
  'deadlineMs'?: (number);
  'entries'?: (_millrace_v1_ProduceEntry)[];
}

export interface ProduceRequest__Output {
  'acks': (_millrace_v1_Acks__Output);
  /**
   * How long acknowledgement may take, in milliseconds; 0: 30,000. After it the outcome is unknown.
   */
  'deadlineMs': (number);
  'entries': (_millrace_v1_ProduceEntry__Output)[];
}
