// Original file: millrace/v1/producer.proto

import type { ProduceStreamResult as _millrace_v1_ProduceStreamResult, ProduceStreamResult__Output as _millrace_v1_ProduceStreamResult__Output } from '../../millrace/v1/ProduceStreamResult.ts';

/**
 * The acknowledgements that became due together.
 */
export interface ProduceStreamResponse {
  'results'?: (_millrace_v1_ProduceStreamResult)[];
  'throttleMs'?: (number);
}

/**
 * The acknowledgements that became due together.
 */
export interface ProduceStreamResponse__Output {
  'results': (_millrace_v1_ProduceStreamResult__Output)[];
  'throttleMs': (number);
}
