// Original file: millrace/v1/groups.proto

export const GroupMemberState = {
  GROUP_MEMBER_STATE_UNSPECIFIED: 'GROUP_MEMBER_STATE_UNSPECIFIED',
  GROUP_MEMBER_STATE_STABLE: 'GROUP_MEMBER_STATE_STABLE',
  /**
   * It is to give up partitions and has not said that it did.
   */
  GROUP_MEMBER_STATE_REVOKING: 'GROUP_MEMBER_STATE_REVOKING',
  /**
   * It waits for partitions that others have not given up.
   */
  GROUP_MEMBER_STATE_ASSIGNING: 'GROUP_MEMBER_STATE_ASSIGNING',
} as const;

export type GroupMemberState =
  | 'GROUP_MEMBER_STATE_UNSPECIFIED'
  | 0
  | 'GROUP_MEMBER_STATE_STABLE'
  | 1
  /**
   * It is to give up partitions and has not said that it did.
   */
  | 'GROUP_MEMBER_STATE_REVOKING'
  | 2
  /**
   * It waits for partitions that others have not given up.
   */
  | 'GROUP_MEMBER_STATE_ASSIGNING'
  | 3

export type GroupMemberState__Output = typeof GroupMemberState[keyof typeof GroupMemberState]
