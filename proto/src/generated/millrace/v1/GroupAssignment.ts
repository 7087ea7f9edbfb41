// Original file: millrace/v1/groups.proto

import type { AssignedPartition as _millrace_v1_AssignedPartition, AssignedPartition__Output as _millrace_v1_AssignedPartition__Output } from '../../millrace/v1/AssignedPartition.ts';
import type { TopicPartitions as _millrace_v1_TopicPartitions, TopicPartitions__Output as _millrace_v1_TopicPartitions__Output } from '../../millrace/v1/TopicPartitions.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * So that a partition has one owner at any time, a member takes no assignment of a lower revision than it has, and no answer to
 * what it sent longer ago than its session lasts. Past its session, counted from the sending of the last heartbeat that was
 * answered, it stops on everything. It stops on `revoking` and says so; if that is not answered within the rebalance timeout,
 * counted from the sending of the last heartbeat that was answered before it was told, it stops on everything too.
 */
export interface GroupAssignment {
  'memberId'?: (string);
  'memberEpoch'?: (number);
  'revision'?: (number | string | Long);
  'assigned'?: (_millrace_v1_AssignedPartition)[];
  'revoking'?: (_millrace_v1_TopicPartitions)[];
  'sessionTimeoutMs'?: (number);
  'rebalanceTimeoutMs'?: (number);
}

/**
 * So that a partition has one owner at any time, a member takes no assignment of a lower revision than it has, and no answer to
 * what it sent longer ago than its session lasts. Past its session, counted from the sending of the last heartbeat that was
 * answered, it stops on everything. It stops on `revoking` and says so; if that is not answered within the rebalance timeout,
 * counted from the sending of the last heartbeat that was answered before it was told, it stops on everything too.
 */
export interface GroupAssignment__Output {
  'memberId': (string);
  'memberEpoch': (number);
  'revision': (number);
  'assigned': (_millrace_v1_AssignedPartition__Output)[];
  'revoking': (_millrace_v1_TopicPartitions__Output)[];
  'sessionTimeoutMs': (number);
  'rebalanceTimeoutMs': (number);
}
