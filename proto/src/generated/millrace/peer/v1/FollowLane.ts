// Original file: millrace/peer/v1/replication.proto

export const FollowLane = {
  FOLLOW_LANE_UNSPECIFIED: 'FOLLOW_LANE_UNSPECIFIED',
  FOLLOW_LANE_TAIL: 'FOLLOW_LANE_TAIL',
  /**
   * For partitions that are far behind: cold reads must not hold up the tail.
   */
  FOLLOW_LANE_CATCHUP: 'FOLLOW_LANE_CATCHUP',
} as const;

export type FollowLane =
  | 'FOLLOW_LANE_UNSPECIFIED'
  | 0
  | 'FOLLOW_LANE_TAIL'
  | 1
  /**
   * For partitions that are far behind: cold reads must not hold up the tail.
   */
  | 'FOLLOW_LANE_CATCHUP'
  | 2

export type FollowLane__Output = typeof FollowLane[keyof typeof FollowLane]
