// Original file: millrace/v1/consumer.proto

export const Position = {
  /**
   * As POSITION_EARLIEST.
   */
  POSITION_UNSPECIFIED: 'POSITION_UNSPECIFIED',
  POSITION_EARLIEST: 'POSITION_EARLIEST',
  /**
   * The high watermark: only what is appended from now on.
   */
  POSITION_LATEST: 'POSITION_LATEST',
} as const;

export type Position =
  /**
   * As POSITION_EARLIEST.
   */
  | 'POSITION_UNSPECIFIED'
  | 0
  | 'POSITION_EARLIEST'
  | 1
  /**
   * The high watermark: only what is appended from now on.
   */
  | 'POSITION_LATEST'
  | 2

export type Position__Output = typeof Position[keyof typeof Position]
