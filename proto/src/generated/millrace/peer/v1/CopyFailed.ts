// Original file: millrace/peer/v1/controller.proto

import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../../millrace/v1/Error.ts';

export interface CopyFailed {
  'topicId'?: (string);
  'partition'?: (number);
  'error'?: (_millrace_v1_Error | null);
}

export interface CopyFailed__Output {
  'topicId': (string);
  'partition': (number);
  'error': (_millrace_v1_Error__Output | null);
}
