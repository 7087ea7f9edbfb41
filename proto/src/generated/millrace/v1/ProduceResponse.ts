// Original file: millrace/v1/producer.proto

import type { ProduceResult as _millrace_v1_ProduceResult, ProduceResult__Output as _millrace_v1_ProduceResult__Output } from '../../millrace/v1/ProduceResult.ts';

export interface ProduceResponse {
  'results'?: (_millrace_v1_ProduceResult)[];
  'throttleMs'?: (number);
}

export interface ProduceResponse__Output {
  'results': (_millrace_v1_ProduceResult__Output)[];
  'throttleMs': (number);
}
