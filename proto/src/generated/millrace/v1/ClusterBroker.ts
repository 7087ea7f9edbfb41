// Original file: millrace/v1/cluster.proto

import type { Endpoint as _millrace_v1_Endpoint, Endpoint__Output as _millrace_v1_Endpoint__Output } from '../../millrace/v1/Endpoint.ts';

export interface ClusterBroker {
  'brokerId'?: (number);
  'rack'?: (string);
  'endpoints'?: (_millrace_v1_Endpoint)[];
}

export interface ClusterBroker__Output {
  'brokerId': (number);
  'rack': (string);
  'endpoints': (_millrace_v1_Endpoint__Output)[];
}
