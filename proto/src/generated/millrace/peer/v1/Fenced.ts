// Original file: millrace/peer/v1/controller.proto

import type { FencedReason as _millrace_peer_v1_FencedReason, FencedReason__Output as _millrace_peer_v1_FencedReason__Output } from '../../../millrace/peer/v1/FencedReason.ts';
import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../../millrace/v1/Error.ts';

export interface Fenced {
  'reason'?: (_millrace_peer_v1_FencedReason);
  'error'?: (_millrace_v1_Error | null);
}

export interface Fenced__Output {
  'reason': (_millrace_peer_v1_FencedReason__Output);
  'error': (_millrace_v1_Error__Output | null);
}
