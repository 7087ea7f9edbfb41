// Original file: millrace/peer/v1/controller.proto

import type { MetadataPart as _millrace_peer_v1_MetadataPart, MetadataPart__Output as _millrace_peer_v1_MetadataPart__Output } from '../../../millrace/peer/v1/MetadataPart.ts';
import type { CreateCopies as _millrace_peer_v1_CreateCopies, CreateCopies__Output as _millrace_peer_v1_CreateCopies__Output } from '../../../millrace/peer/v1/CreateCopies.ts';
import type { ReportCopies as _millrace_peer_v1_ReportCopies, ReportCopies__Output as _millrace_peer_v1_ReportCopies__Output } from '../../../millrace/peer/v1/ReportCopies.ts';
import type { Fenced as _millrace_peer_v1_Fenced, Fenced__Output as _millrace_peer_v1_Fenced__Output } from '../../../millrace/peer/v1/Fenced.ts';

export interface SessionResponse {
  'image'?: (_millrace_peer_v1_MetadataPart | null);
  'delta'?: (_millrace_peer_v1_MetadataPart | null);
  'createCopies'?: (_millrace_peer_v1_CreateCopies | null);
  'reportCopies'?: (_millrace_peer_v1_ReportCopies | null);
  'fenced'?: (_millrace_peer_v1_Fenced | null);
  'message'?: "image"|"delta"|"createCopies"|"reportCopies"|"fenced";
}

export interface SessionResponse__Output {
  'image'?: (_millrace_peer_v1_MetadataPart__Output | null);
  'delta'?: (_millrace_peer_v1_MetadataPart__Output | null);
  'createCopies'?: (_millrace_peer_v1_CreateCopies__Output | null);
  'reportCopies'?: (_millrace_peer_v1_ReportCopies__Output | null);
  'fenced'?: (_millrace_peer_v1_Fenced__Output | null);
  'message'?: "image"|"delta"|"createCopies"|"reportCopies"|"fenced";
}
