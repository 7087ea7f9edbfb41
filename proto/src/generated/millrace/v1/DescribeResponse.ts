// Original file: millrace/v1/cluster.proto

import type { ClusterBroker as _millrace_v1_ClusterBroker, ClusterBroker__Output as _millrace_v1_ClusterBroker__Output } from '../../millrace/v1/ClusterBroker.ts';

export interface DescribeResponse {
  'clusterId'?: (string);
  /**
   * Broker id; -1: none at the moment.
   */
  'controllerId'?: (number);
  'featureLevel'?: (number);
  'brokers'?: (_millrace_v1_ClusterBroker)[];
  /**
   * The version of the answering broker.
   */
  'version'?: (string);
}

export interface DescribeResponse__Output {
  'clusterId': (string);
  /**
   * Broker id; -1: none at the moment.
   */
  'controllerId': (number);
  'featureLevel': (number);
  'brokers': (_millrace_v1_ClusterBroker__Output)[];
  /**
   * The version of the answering broker.
   */
  'version': (string);
}
