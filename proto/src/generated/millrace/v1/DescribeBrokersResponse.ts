// Original file: millrace/v1/admin.proto

import type { BrokerDescription as _millrace_v1_BrokerDescription, BrokerDescription__Output as _millrace_v1_BrokerDescription__Output } from '../../millrace/v1/BrokerDescription.ts';

export interface DescribeBrokersResponse {
  'brokers'?: (_millrace_v1_BrokerDescription)[];
}

export interface DescribeBrokersResponse__Output {
  'brokers': (_millrace_v1_BrokerDescription__Output)[];
}
