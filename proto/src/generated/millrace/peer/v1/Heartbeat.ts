// Original file: millrace/peer/v1/controller.proto

import type { DiskState as _millrace_peer_v1_DiskState, DiskState__Output as _millrace_peer_v1_DiskState__Output } from '../../../millrace/peer/v1/DiskState.ts';
import type { Long } from '@grpc/proto-loader';

export interface Heartbeat {
  'bootId'?: (string);
  /**
   * Of the last image or delta that was applied.
   */
  'metadataSeq'?: (number | string | Long);
  'loopLagP99Us'?: (number | string | Long);
  'diskState'?: (_millrace_peer_v1_DiskState);
}

export interface Heartbeat__Output {
  'bootId': (string);
  /**
   * Of the last image or delta that was applied.
   */
  'metadataSeq': (number);
  'loopLagP99Us': (number);
  'diskState': (_millrace_peer_v1_DiskState__Output);
}
