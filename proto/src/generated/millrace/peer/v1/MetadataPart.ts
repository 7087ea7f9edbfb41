// Original file: millrace/peer/v1/controller.proto

import type { BrokerMetadata as _millrace_peer_v1_BrokerMetadata, BrokerMetadata__Output as _millrace_peer_v1_BrokerMetadata__Output } from '../../../millrace/peer/v1/BrokerMetadata.ts';
import type { TopicMetadata as _millrace_peer_v1_TopicMetadata, TopicMetadata__Output as _millrace_peer_v1_TopicMetadata__Output } from '../../../millrace/peer/v1/TopicMetadata.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * An image or a delta comes in one or more parts, the last one with `complete`, with nothing between them.
 */
export interface MetadataPart {
  'controllerEpoch'?: (number | string | Long);
  'seq'?: (number | string | Long);
  'featureLevel'?: (number);
  /**
   * Of images.
   */
  'controllerId'?: (number);
  'brokers'?: (_millrace_peer_v1_BrokerMetadata)[];
  'topics'?: (_millrace_peer_v1_TopicMetadata)[];
  /**
   * Of deltas.
   */
  'topicsGone'?: (string)[];
  'complete'?: (boolean);
}

/**
 * An image or a delta comes in one or more parts, the last one with `complete`, with nothing between them.
 */
export interface MetadataPart__Output {
  'controllerEpoch': (number);
  'seq': (number);
  'featureLevel': (number);
  /**
   * Of images.
   */
  'controllerId': (number);
  'brokers': (_millrace_peer_v1_BrokerMetadata__Output)[];
  'topics': (_millrace_peer_v1_TopicMetadata__Output)[];
  /**
   * Of deltas.
   */
  'topicsGone': (string)[];
  'complete': (boolean);
}
