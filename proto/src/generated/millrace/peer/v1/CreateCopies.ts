// Original file: millrace/peer/v1/controller.proto

import type { CreateTopicCopies as _millrace_peer_v1_CreateTopicCopies, CreateTopicCopies__Output as _millrace_peer_v1_CreateTopicCopies__Output } from '../../../millrace/peer/v1/CreateTopicCopies.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Copies to create empty; answered by CopyReports or CopyFailed.
 */
export interface CreateCopies {
  'controllerEpoch'?: (number | string | Long);
  'topics'?: (_millrace_peer_v1_CreateTopicCopies)[];
}

/**
 * Copies to create empty; answered by CopyReports or CopyFailed.
 */
export interface CreateCopies__Output {
  'controllerEpoch': (number);
  'topics': (_millrace_peer_v1_CreateTopicCopies__Output)[];
}
