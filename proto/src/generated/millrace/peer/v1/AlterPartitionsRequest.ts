// Original file: millrace/peer/v1/controller.proto

import type { IsrProposal as _millrace_peer_v1_IsrProposal, IsrProposal__Output as _millrace_peer_v1_IsrProposal__Output } from '../../../millrace/peer/v1/IsrProposal.ts';

export interface AlterPartitionsRequest {
  'brokerId'?: (number);
  'bootId'?: (string);
  'changes'?: (_millrace_peer_v1_IsrProposal)[];
}

export interface AlterPartitionsRequest__Output {
  'brokerId': (number);
  'bootId': (string);
  'changes': (_millrace_peer_v1_IsrProposal__Output)[];
}
