// Original file: millrace/peer/v1/controller.proto

import type { ProposalCode as _millrace_peer_v1_ProposalCode, ProposalCode__Output as _millrace_peer_v1_ProposalCode__Output } from '../../../millrace/peer/v1/ProposalCode.ts';

export interface ProposalAnswer {
  'code'?: (_millrace_peer_v1_ProposalCode);
  /**
   * With OK: the new partition epoch.
   */
  'epoch'?: (number);
}

export interface ProposalAnswer__Output {
  'code': (_millrace_peer_v1_ProposalCode__Output);
  /**
   * With OK: the new partition epoch.
   */
  'epoch': (number);
}
