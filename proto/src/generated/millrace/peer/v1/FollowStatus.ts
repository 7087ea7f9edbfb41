// Original file: millrace/peer/v1/replication.proto

import type { FollowCode as _millrace_peer_v1_FollowCode, FollowCode__Output as _millrace_peer_v1_FollowCode__Output } from '../../../millrace/peer/v1/FollowCode.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Pauses its handle until an ack.
 */
export interface FollowStatus {
  'handle'?: (number);
  'code'?: (_millrace_peer_v1_FollowCode);
  'epoch'?: (number);
  'endOffset'?: (number | string | Long);
  'logStart'?: (number | string | Long);
}

/**
 * Pauses its handle until an ack.
 */
export interface FollowStatus__Output {
  'handle': (number);
  'code': (_millrace_peer_v1_FollowCode__Output);
  'epoch': (number);
  'endOffset': (number);
  'logStart': (number);
}
