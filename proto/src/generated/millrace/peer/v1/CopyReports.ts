// Original file: millrace/peer/v1/controller.proto

import type { CopyReport as _millrace_peer_v1_CopyReport, CopyReport__Output as _millrace_peer_v1_CopyReport__Output } from '../../../millrace/peer/v1/CopyReport.ts';

export interface CopyReports {
  'copies'?: (_millrace_peer_v1_CopyReport)[];
  'complete'?: (boolean);
}

export interface CopyReports__Output {
  'copies': (_millrace_peer_v1_CopyReport__Output)[];
  'complete': (boolean);
}
