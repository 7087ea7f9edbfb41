// Original file: millrace/v1/admin.proto

import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../millrace/v1/Error.ts';
import type { Long } from '@grpc/proto-loader';

export interface PartitionDescription {
  'partition'?: (number);
  /**
   * Broker id; -1: nobody leads.
   */
  'leader'?: (number);
  'leaderEpoch'?: (number);
  'replicas'?: (number)[];
  'isr'?: (number)[];
  /**
   * log_start to size_bytes are those of the leader in a reply of DescribeTopic, else, and while it does not answer, those of
   * the answering broker's copy; -1 where that holds none.
   */
  'logStart'?: (number | string | Long);
  'highWatermark'?: (number | string | Long);
  'logEnd'?: (number | string | Long);
  /**
   * Bytes of its segments.
   */
  'sizeBytes'?: (number | string | Long);
  /**
   * Set where the partition can't serve.
   */
  'error'?: (_millrace_v1_Error | null);
  /**
   * Brokers that are to become replicas: a reassignment is under way.
   */
  'adding'?: (number)[];
  /**
   * Brokers whose copies may be elected although they left the ISR.
   */
  'eligible'?: (number)[];
  /**
   * Copies that must be in sync for acks=all.
   */
  'minIsr'?: (number);
  /**
   * Leader epoch of the last unclean election, which may have lost records; -1: none.
   */
  'uncleanEpoch'?: (number);
}

export interface PartitionDescription__Output {
  'partition': (number);
  /**
   * Broker id; -1: nobody leads.
   */
  'leader': (number);
  'leaderEpoch': (number);
  'replicas': (number)[];
  'isr': (number)[];
  /**
   * log_start to size_bytes are those of the leader in a reply of DescribeTopic, else, and while it does not answer, those of
   * the answering broker's copy; -1 where that holds none.
   */
  'logStart': (number);
  'highWatermark': (number);
  'logEnd': (number);
  /**
   * Bytes of its segments.
   */
  'sizeBytes': (number);
  /**
   * Set where the partition can't serve.
   */
  'error': (_millrace_v1_Error__Output | null);
  /**
   * Brokers that are to become replicas: a reassignment is under way.
   */
  'adding': (number)[];
  /**
   * Brokers whose copies may be elected although they left the ISR.
   */
  'eligible': (number)[];
  /**
   * Copies that must be in sync for acks=all.
   */
  'minIsr': (number);
  /**
   * Leader epoch of the last unclean election, which may have lost records; -1: none.
   */
  'uncleanEpoch': (number);
}
