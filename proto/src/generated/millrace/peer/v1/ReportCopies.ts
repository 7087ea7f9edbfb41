// Original file: millrace/peer/v1/controller.proto

import type { CopyToReport as _millrace_peer_v1_CopyToReport, CopyToReport__Output as _millrace_peer_v1_CopyToReport__Output } from '../../../millrace/peer/v1/CopyToReport.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Recovery election: adopt the epochs durably, then answer with CopyReports.
 */
export interface ReportCopies {
  'controllerEpoch'?: (number | string | Long);
  'copies'?: (_millrace_peer_v1_CopyToReport)[];
}

/**
 * Recovery election: adopt the epochs durably, then answer with CopyReports.
 */
export interface ReportCopies__Output {
  'controllerEpoch': (number);
  'copies': (_millrace_peer_v1_CopyToReport__Output)[];
}
