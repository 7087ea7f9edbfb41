// Original file: millrace/v1/admin.proto

import type { Endpoint as _millrace_v1_Endpoint, Endpoint__Output as _millrace_v1_Endpoint__Output } from '../../millrace/v1/Endpoint.ts';
import type { Long } from '@grpc/proto-loader';

export interface BrokerDescription {
  'brokerId'?: (number);
  'bootId'?: (string);
  'rack'?: (string);
  'fenced'?: (boolean);
  'endpoints'?: (_millrace_v1_Endpoint)[];
  'version'?: (string);
  'partitions'?: (number);
  'leaders'?: (number);
  'logBytes'?: (number | string | Long);
  'freeBytes'?: (number | string | Long);
  'cordoned'?: (boolean);
  'draining'?: (boolean);
  /**
   * Of the answering broker alone.
   */
  'processId'?: (number);
}

export interface BrokerDescription__Output {
  'brokerId': (number);
  'bootId': (string);
  'rack': (string);
  'fenced': (boolean);
  'endpoints': (_millrace_v1_Endpoint__Output)[];
  'version': (string);
  'partitions': (number);
  'leaders': (number);
  'logBytes': (number);
  'freeBytes': (number);
  'cordoned': (boolean);
  'draining': (boolean);
  /**
   * Of the answering broker alone.
   */
  'processId': (number);
}
