// Original file: millrace/v1/producer.proto

/**
 * When an append is answered.
 */
export const Acks = {
  /**
   * As ACKS_ALL.
   */
  ACKS_UNSPECIFIED: 'ACKS_UNSPECIFIED',
  /**
   * At once, before it is written; offsets are not reported.
   */
  ACKS_NONE: 'ACKS_NONE',
  /**
   * When the leader holds it durably.
   */
  ACKS_LEADER: 'ACKS_LEADER',
  /**
   * When every in-sync replica holds it durably.
   */
  ACKS_ALL: 'ACKS_ALL',
} as const;

/**
 * When an append is answered.
 */
export type Acks =
  /**
   * As ACKS_ALL.
   */
  | 'ACKS_UNSPECIFIED'
  | 0
  /**
   * At once, before it is written; offsets are not reported.
   */
  | 'ACKS_NONE'
  | 1
  /**
   * When the leader holds it durably.
   */
  | 'ACKS_LEADER'
  | 2
  /**
   * When every in-sync replica holds it durably.
   */
  | 'ACKS_ALL'
  | 3

/**
 * When an append is answered.
 */
export type Acks__Output = typeof Acks[keyof typeof Acks]
