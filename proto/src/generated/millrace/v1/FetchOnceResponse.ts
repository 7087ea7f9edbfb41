// Original file: millrace/v1/consumer.proto

import type { FetchEntry as _millrace_v1_FetchEntry, FetchEntry__Output as _millrace_v1_FetchEntry__Output } from '../../millrace/v1/FetchEntry.ts';

export interface FetchOnceResponse {
  'entries'?: (_millrace_v1_FetchEntry)[];
  'throttleMs'?: (number);
}

export interface FetchOnceResponse__Output {
  'entries': (_millrace_v1_FetchEntry__Output)[];
  'throttleMs': (number);
}
