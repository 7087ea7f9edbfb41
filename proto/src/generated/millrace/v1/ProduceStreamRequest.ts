// Original file: millrace/v1/producer.proto

import type { Acks as _millrace_v1_Acks, Acks__Output as _millrace_v1_Acks__Output } from '../../millrace/v1/Acks.ts';
import type { ProduceEntry as _millrace_v1_ProduceEntry, ProduceEntry__Output as _millrace_v1_ProduceEntry__Output } from '../../millrace/v1/ProduceEntry.ts';
import type { Long } from '@grpc/proto-loader';

export interface ProduceStreamRequest {
  /**
   * Chosen by the client, echoed in the results.
   */
  'correlation'?: (number | string | Long);
  'acks'?: (_millrace_v1_Acks);
  /**
   * As in ProduceRequest.
   */
  'deadlineMs'?: (number);
  'entries'?: (_millrace_v1_ProduceEntry)[];
}

export interface ProduceStreamRequest__Output {
  /**
   * Chosen by the client, echoed in the results.
   */
  'correlation': (number);
  'acks': (_millrace_v1_Acks__Output);
  /**
   * As in ProduceRequest.
   */
  'deadlineMs': (number);
  'entries': (_millrace_v1_ProduceEntry__Output)[];
}
