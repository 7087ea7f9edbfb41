// Original file: millrace/v1/cluster.proto

import type { ClusterBroker as _millrace_v1_ClusterBroker, ClusterBroker__Output as _millrace_v1_ClusterBroker__Output } from '../../millrace/v1/ClusterBroker.ts';
import type { TopicMetadata as _millrace_v1_TopicMetadata, TopicMetadata__Output as _millrace_v1_TopicMetadata__Output } from '../../millrace/v1/TopicMetadata.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchMetadataResponse {
  /**
   * Part of the image with which the stream begins: what is in none of its parts does not exist.
   */
  'image'?: (boolean);
  /**
   * The image goes on in the next message.
   */
  'more'?: (boolean);
  /**
   * What the answering broker has heard: it never goes back.
   */
  'controllerEpoch'?: (number | string | Long);
  'seq'?: (number | string | Long);
  /**
   * Broker id; -1: none at the moment.
   */
  'controllerId'?: (number);
  /**
   * All that are live, if any of them changed, else none.
   */
  'brokers'?: (_millrace_v1_ClusterBroker)[];
  /**
   * New and changed ones: each takes the place of what was known of it.
   */
  'topics'?: (_millrace_v1_TopicMetadata)[];
  /**
   * Ids of topics that were deleted.
   */
  'topicsGone'?: (string)[];
}

export interface WatchMetadataResponse__Output {
  /**
   * Part of the image with which the stream begins: what is in none of its parts does not exist.
   */
  'image': (boolean);
  /**
   * The image goes on in the next message.
   */
  'more': (boolean);
  /**
   * What the answering broker has heard: it never goes back.
   */
  'controllerEpoch': (number);
  'seq': (number);
  /**
   * Broker id; -1: none at the moment.
   */
  'controllerId': (number);
  /**
   * All that are live, if any of them changed, else none.
   */
  'brokers': (_millrace_v1_ClusterBroker__Output)[];
  /**
   * New and changed ones: each takes the place of what was known of it.
   */
  'topics': (_millrace_v1_TopicMetadata__Output)[];
  /**
   * Ids of topics that were deleted.
   */
  'topicsGone': (string)[];
}
