// Original file: millrace/v1/producer.proto

import type { ProduceResult as _millrace_v1_ProduceResult, ProduceResult__Output as _millrace_v1_ProduceResult__Output } from '../../millrace/v1/ProduceResult.ts';
import type { Long } from '@grpc/proto-loader';

export interface ProduceStreamResult {
  'correlation'?: (number | string | Long);
  'result'?: (_millrace_v1_ProduceResult | null);
}

export interface ProduceStreamResult__Output {
  'correlation': (number);
  'result': (_millrace_v1_ProduceResult__Output | null);
}
