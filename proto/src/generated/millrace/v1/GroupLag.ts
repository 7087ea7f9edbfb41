// Original file: millrace/v1/groups.proto

import type { GroupCondition as _millrace_v1_GroupCondition, GroupCondition__Output as _millrace_v1_GroupCondition__Output } from '../../millrace/v1/GroupCondition.ts';
import type { LagVerdict as _millrace_v1_LagVerdict, LagVerdict__Output as _millrace_v1_LagVerdict__Output } from '../../millrace/v1/LagVerdict.ts';
import type { PartitionLag as _millrace_v1_PartitionLag, PartitionLag__Output as _millrace_v1_PartitionLag__Output } from '../../millrace/v1/PartitionLag.ts';
import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../millrace/v1/Error.ts';
import type { Long } from '@grpc/proto-loader';

export interface GroupLag {
  'group'?: (string);
  'condition'?: (_millrace_v1_GroupCondition);
  'members'?: (number);
  /**
   * The worst of its partitions.
   */
  'verdict'?: (_millrace_v1_LagVerdict);
  /**
   * All of the topics that members subscribe to; without members those with commits and of declared topics.
   */
  'partitions'?: (number);
  /**
   * Of these, those whose lag is not known: the sums leave them out.
   */
  'partitionsUnknown'?: (number);
  'records'?: (number | string | Long);
  /**
   * The largest.
   */
  'lagMs'?: (number | string | Long);
  /**
   * Sum of the ends: what it moves by is produced, less what `records` moves by is consumed.
   */
  'ends'?: (number | string | Long);
  'partitionLags'?: (_millrace_v1_PartitionLag)[];
  /**
   * The group could not be asked; the rest says nothing.
   */
  'error'?: (_millrace_v1_Error | null);
}

export interface GroupLag__Output {
  'group': (string);
  'condition': (_millrace_v1_GroupCondition__Output);
  'members': (number);
  /**
   * The worst of its partitions.
   */
  'verdict': (_millrace_v1_LagVerdict__Output);
  /**
   * All of the topics that members subscribe to; without members those with commits and of declared topics.
   */
  'partitions': (number);
  /**
   * Of these, those whose lag is not known: the sums leave them out.
   */
  'partitionsUnknown': (number);
  'records': (number);
  /**
   * The largest.
   */
  'lagMs': (number);
  /**
   * Sum of the ends: what it moves by is produced, less what `records` moves by is consumed.
   */
  'ends': (number);
  'partitionLags': (_millrace_v1_PartitionLag__Output)[];
  /**
   * The group could not be asked; the rest says nothing.
   */
  'error': (_millrace_v1_Error__Output | null);
}
