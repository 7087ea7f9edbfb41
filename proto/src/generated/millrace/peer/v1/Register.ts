// Original file: millrace/peer/v1/controller.proto

import type { Endpoint as _millrace_v1_Endpoint, Endpoint__Output as _millrace_v1_Endpoint__Output } from '../../../millrace/v1/Endpoint.ts';
import type { FeatureRange as _millrace_peer_v1_FeatureRange, FeatureRange__Output as _millrace_peer_v1_FeatureRange__Output } from '../../../millrace/peer/v1/FeatureRange.ts';
import type { CopyReport as _millrace_peer_v1_CopyReport, CopyReport__Output as _millrace_peer_v1_CopyReport__Output } from '../../../millrace/peer/v1/CopyReport.ts';
import type { Long } from '@grpc/proto-loader';

export interface Register {
  'brokerId'?: (number);
  'bootId'?: (string);
  'clusterId'?: (string);
  'endpoints'?: (_millrace_v1_Endpoint)[];
  'rack'?: (string);
  'features'?: (_millrace_peer_v1_FeatureRange | null);
  /**
   * The highest that the broker has seen.
   */
  'controllerEpoch'?: (number | string | Long);
  'copies'?: (_millrace_peer_v1_CopyReport)[];
  /**
   * False: messages of CopyReports follow, the last one with `complete`.
   */
  'complete'?: (boolean);
}

export interface Register__Output {
  'brokerId': (number);
  'bootId': (string);
  'clusterId': (string);
  'endpoints': (_millrace_v1_Endpoint__Output)[];
  'rack': (string);
  'features': (_millrace_peer_v1_FeatureRange__Output | null);
  /**
   * The highest that the broker has seen.
   */
  'controllerEpoch': (number);
  'copies': (_millrace_peer_v1_CopyReport__Output)[];
  /**
   * False: messages of CopyReports follow, the last one with `complete`.
   */
  'complete': (boolean);
}
