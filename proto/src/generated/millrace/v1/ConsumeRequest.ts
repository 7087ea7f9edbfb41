// Original file: millrace/v1/consumer.proto

import type { ConsumeStart as _millrace_v1_ConsumeStart, ConsumeStart__Output as _millrace_v1_ConsumeStart__Output } from '../../millrace/v1/ConsumeStart.ts';
import type { ConsumeCommit as _millrace_v1_ConsumeCommit, ConsumeCommit__Output as _millrace_v1_ConsumeCommit__Output } from '../../millrace/v1/ConsumeCommit.ts';
import type { ConsumeRevoked as _millrace_v1_ConsumeRevoked, ConsumeRevoked__Output as _millrace_v1_ConsumeRevoked__Output } from '../../millrace/v1/ConsumeRevoked.ts';

export interface ConsumeRequest {
  /**
   * First, and once.
   */
  'start'?: (_millrace_v1_ConsumeStart | null);
  'commit'?: (_millrace_v1_ConsumeCommit | null);
  'revoked'?: (_millrace_v1_ConsumeRevoked | null);
  'frame'?: "start"|"commit"|"revoked";
}

export interface ConsumeRequest__Output {
  /**
   * First, and once.
   */
  'start'?: (_millrace_v1_ConsumeStart__Output | null);
  'commit'?: (_millrace_v1_ConsumeCommit__Output | null);
  'revoked'?: (_millrace_v1_ConsumeRevoked__Output | null);
  'frame'?: "start"|"commit"|"revoked";
}
