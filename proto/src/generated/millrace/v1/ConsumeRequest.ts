// Original file: millrace/v1/consumer.proto

import type { ConsumeStart as _millrace_v1_ConsumeStart, ConsumeStart__Output as _millrace_v1_ConsumeStart__Output } from '../../millrace/v1/ConsumeStart.ts';
import type { ConsumeCommit as _millrace_v1_ConsumeCommit, ConsumeCommit__Output as _millrace_v1_ConsumeCommit__Output } from '../../millrace/v1/ConsumeCommit.ts';
import type { ConsumeRevoked as _millrace_v1_ConsumeRevoked, ConsumeRevoked__Output as _millrace_v1_ConsumeRevoked__Output } from '../../millrace/v1/ConsumeRevoked.ts';
import type { ConsumePartitions as _millrace_v1_ConsumePartitions, ConsumePartitions__Output as _millrace_v1_ConsumePartitions__Output } from '../../millrace/v1/ConsumePartitions.ts';
import type { ConsumeSeek as _millrace_v1_ConsumeSeek, ConsumeSeek__Output as _millrace_v1_ConsumeSeek__Output } from '../../millrace/v1/ConsumeSeek.ts';

export interface ConsumeRequest {
  /**
   * First, and once.
   */
  'start'?: (_millrace_v1_ConsumeStart | null);
  'commit'?: (_millrace_v1_ConsumeCommit | null);
  'revoked'?: (_millrace_v1_ConsumeRevoked | null);
  'pause'?: (_millrace_v1_ConsumePartitions | null);
  'resume'?: (_millrace_v1_ConsumePartitions | null);
  'seek'?: (_millrace_v1_ConsumeSeek | null);
  'frame'?: "start"|"commit"|"revoked"|"pause"|"resume"|"seek";
}

export interface ConsumeRequest__Output {
  /**
   * First, and once.
   */
  'start'?: (_millrace_v1_ConsumeStart__Output | null);
  'commit'?: (_millrace_v1_ConsumeCommit__Output | null);
  'revoked'?: (_millrace_v1_ConsumeRevoked__Output | null);
  'pause'?: (_millrace_v1_ConsumePartitions__Output | null);
  'resume'?: (_millrace_v1_ConsumePartitions__Output | null);
  'seek'?: (_millrace_v1_ConsumeSeek__Output | null);
  'frame'?: "start"|"commit"|"revoked"|"pause"|"resume"|"seek";
}
