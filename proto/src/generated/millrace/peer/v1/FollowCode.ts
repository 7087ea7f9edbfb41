// Original file: millrace/peer/v1/replication.proto

export const FollowCode = {
  FOLLOW_CODE_UNSPECIFIED: 'FOLLOW_CODE_UNSPECIFIED',
  /**
   * The follower's leader epoch is older than the leader's.
   */
  FOLLOW_CODE_FENCED: 'FOLLOW_CODE_FENCED',
  /**
   * The leader has not heard of the follower's leader epoch.
   */
  FOLLOW_CODE_UNKNOWN_EPOCH: 'FOLLOW_CODE_UNKNOWN_EPOCH',
  FOLLOW_CODE_NOT_LEADER: 'FOLLOW_CODE_NOT_LEADER',
  /**
   * durable_end went back within an epoch: the follower's disk lied.
   */
  FOLLOW_CODE_REGRESSED: 'FOLLOW_CODE_REGRESSED',
  /**
   * The leader expects another copy of this broker.
   */
  FOLLOW_CODE_UNKNOWN_COPY: 'FOLLOW_CODE_UNKNOWN_COPY',
  /**
   * `epoch` and `end_offset`: the leader's epoch at or below the follower's, and where it ends there.
   */
  FOLLOW_CODE_DIVERGED: 'FOLLOW_CODE_DIVERGED',
  /**
   * `log_start`: the follower asks for what the leader no longer has.
   */
  FOLLOW_CODE_RESET: 'FOLLOW_CODE_RESET',
} as const;

export type FollowCode =
  | 'FOLLOW_CODE_UNSPECIFIED'
  | 0
  /**
   * The follower's leader epoch is older than the leader's.
   */
  | 'FOLLOW_CODE_FENCED'
  | 1
  /**
   * The leader has not heard of the follower's leader epoch.
   */
  | 'FOLLOW_CODE_UNKNOWN_EPOCH'
  | 2
  | 'FOLLOW_CODE_NOT_LEADER'
  | 3
  /**
   * durable_end went back within an epoch: the follower's disk lied.
   */
  | 'FOLLOW_CODE_REGRESSED'
  | 4
  /**
   * The leader expects another copy of this broker.
   */
  | 'FOLLOW_CODE_UNKNOWN_COPY'
  | 5
  /**
   * `epoch` and `end_offset`: the leader's epoch at or below the follower's, and where it ends there.
   */
  | 'FOLLOW_CODE_DIVERGED'
  | 6
  /**
   * `log_start`: the follower asks for what the leader no longer has.
   */
  | 'FOLLOW_CODE_RESET'
  | 7

export type FollowCode__Output = typeof FollowCode[keyof typeof FollowCode]
