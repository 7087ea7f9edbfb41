// Original file: millrace/v1/groups.proto

import type { GroupJoin as _millrace_v1_GroupJoin, GroupJoin__Output as _millrace_v1_GroupJoin__Output } from '../../millrace/v1/GroupJoin.ts';
import type { OwnedPartitions as _millrace_v1_OwnedPartitions, OwnedPartitions__Output as _millrace_v1_OwnedPartitions__Output } from '../../millrace/v1/OwnedPartitions.ts';
import type { Long } from '@grpc/proto-loader';

export interface GroupHeartbeatRequest {
  'group'?: (string);
  /**
   * Chosen by the member, a UUID; a new one each time that it joins.
   */
  'memberId'?: (string);
  /**
   * A name that the member keeps over restarts: under it the next process has its partitions at once, and this one is fenced.
   */
  'instanceId'?: (string);
  /**
   * Joins, or asks for something else than before. Sent again it changes nothing.
   */
  'join'?: (_millrace_v1_GroupJoin | null);
  /**
   * Of the last assignment taken.
   */
  'memberEpoch'?: (number);
  'revision'?: (number | string | Long);
  /**
   * All that the member works on. Absent: it does not say. What it was told to give up counts as given up once it is missing
   * here together with the revision that told so.
   */
  'owned'?: (_millrace_v1_OwnedPartitions | null);
  /**
   * Leaves: the member has stopped on everything.
   */
  'leave'?: (boolean);
  /**
   * How long the answer may wait for a new assignment, in milliseconds; at most until the next heartbeat is due.
   */
  'maxWaitMs'?: (number);
}

export interface GroupHeartbeatRequest__Output {
  'group': (string);
  /**
   * Chosen by the member, a UUID; a new one each time that it joins.
   */
  'memberId': (string);
  /**
   * A name that the member keeps over restarts: under it the next process has its partitions at once, and this one is fenced.
   */
  'instanceId': (string);
  /**
   * Joins, or asks for something else than before. Sent again it changes nothing.
   */
  'join': (_millrace_v1_GroupJoin__Output | null);
  /**
   * Of the last assignment taken.
   */
  'memberEpoch': (number);
  'revision': (number);
  /**
   * All that the member works on. Absent: it does not say. What it was told to give up counts as given up once it is missing
   * here together with the revision that told so.
   */
  'owned': (_millrace_v1_OwnedPartitions__Output | null);
  /**
   * Leaves: the member has stopped on everything.
   */
  'leave': (boolean);
  /**
   * How long the answer may wait for a new assignment, in milliseconds; at most until the next heartbeat is due.
   */
  'maxWaitMs': (number);
}
