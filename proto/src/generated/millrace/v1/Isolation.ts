// Original file: millrace/v1/consumer.proto

export const Isolation = {
  /**
   * As ISOLATION_READ_UNCOMMITTED.
   */
  ISOLATION_UNSPECIFIED: 'ISOLATION_UNSPECIFIED',
  /**
   * Up to the high watermark.
   */
  ISOLATION_READ_UNCOMMITTED: 'ISOLATION_READ_UNCOMMITTED',
  /**
   * Up to the last stable offset, which is the high watermark as long as there are no transactions.
   */
  ISOLATION_READ_COMMITTED: 'ISOLATION_READ_COMMITTED',
} as const;

export type Isolation =
  /**
   * As ISOLATION_READ_UNCOMMITTED.
   */
  | 'ISOLATION_UNSPECIFIED'
  | 0
  /**
   * Up to the high watermark.
   */
  | 'ISOLATION_READ_UNCOMMITTED'
  | 1
  /**
   * Up to the last stable offset, which is the high watermark as long as there are no transactions.
   */
  | 'ISOLATION_READ_COMMITTED'
  | 2

export type Isolation__Output = typeof Isolation[keyof typeof Isolation]
