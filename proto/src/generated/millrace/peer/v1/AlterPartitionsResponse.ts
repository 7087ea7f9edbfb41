// Original file: millrace/peer/v1/controller.proto

import type { ProposalAnswer as _millrace_peer_v1_ProposalAnswer, ProposalAnswer__Output as _millrace_peer_v1_ProposalAnswer__Output } from '../../../millrace/peer/v1/ProposalAnswer.ts';

export interface AlterPartitionsResponse {
  /**
   * In the order of the changes.
   */
  'answers'?: (_millrace_peer_v1_ProposalAnswer)[];
}

export interface AlterPartitionsResponse__Output {
  /**
   * In the order of the changes.
   */
  'answers': (_millrace_peer_v1_ProposalAnswer__Output)[];
}
