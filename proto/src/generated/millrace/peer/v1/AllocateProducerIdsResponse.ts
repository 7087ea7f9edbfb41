// Original file: millrace/peer/v1/controller.proto

import type { Long } from '@grpc/proto-loader';

/**
 * `first` to `first + count - 1` are the broker's, for ever.
 */
export interface AllocateProducerIdsResponse {
  'first'?: (number | string | Long);
  'count'?: (number | string | Long);
}

/**
 * `first` to `first + count - 1` are the broker's, for ever.
 */
export interface AllocateProducerIdsResponse__Output {
  'first': (number);
  'count': (number);
}
