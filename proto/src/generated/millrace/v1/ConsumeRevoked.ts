// Original file: millrace/v1/consumer.proto

import type { Long } from '@grpc/proto-loader';

export interface ConsumeRevoked {
  /**
   * Of the assignment that said what to stop on: the client has.
   */
  'revision'?: (number | string | Long);
}

export interface ConsumeRevoked__Output {
  /**
   * Of the assignment that said what to stop on: the client has.
   */
  'revision': (number);
}
