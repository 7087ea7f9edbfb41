// Original file: millrace/peer/v1/controller.proto

import type { Endpoint as _millrace_v1_Endpoint, Endpoint__Output as _millrace_v1_Endpoint__Output } from '../../../millrace/v1/Endpoint.ts';
import type { FeatureRange as _millrace_peer_v1_FeatureRange, FeatureRange__Output as _millrace_peer_v1_FeatureRange__Output } from '../../../millrace/peer/v1/FeatureRange.ts';

export interface BrokerMetadata {
  'brokerId'?: (number);
  'bootId'?: (string);
  'fenced'?: (boolean);
  'cordoned'?: (boolean);
  'draining'?: (boolean);
  'rack'?: (string);
  'endpoints'?: (_millrace_v1_Endpoint)[];
  'features'?: (_millrace_peer_v1_FeatureRange | null);
}

export interface BrokerMetadata__Output {
  'brokerId': (number);
  'bootId': (string);
  'fenced': (boolean);
  'cordoned': (boolean);
  'draining': (boolean);
  'rack': (string);
  'endpoints': (_millrace_v1_Endpoint__Output)[];
  'features': (_millrace_peer_v1_FeatureRange__Output | null);
}
