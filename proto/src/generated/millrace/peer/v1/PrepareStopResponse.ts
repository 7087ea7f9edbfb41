// Original file: millrace/peer/v1/controller.proto

import type { UnreadyPartition as _millrace_peer_v1_UnreadyPartition, UnreadyPartition__Output as _millrace_peer_v1_UnreadyPartition__Output } from '../../../millrace/peer/v1/UnreadyPartition.ts';

export interface PrepareStopResponse {
  'ready'?: (boolean);
  /**
   * Those that would have too few replicas in sync without the broker.
   */
  'waiting'?: (_millrace_peer_v1_UnreadyPartition)[];
}

export interface PrepareStopResponse__Output {
  'ready': (boolean);
  /**
   * Those that would have too few replicas in sync without the broker.
   */
  'waiting': (_millrace_peer_v1_UnreadyPartition__Output)[];
}
