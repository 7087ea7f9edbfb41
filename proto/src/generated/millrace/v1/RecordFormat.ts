// Original file: millrace/v1/consumer.proto

export const RecordFormat = {
  /**
   * As RECORD_FORMAT_RECORDS.
   */
  RECORD_FORMAT_UNSPECIFIED: 'RECORD_FORMAT_UNSPECIFIED',
  /**
   * Decoded records.
   */
  RECORD_FORMAT_RECORDS: 'RECORD_FORMAT_RECORDS',
  /**
   * Record batches (format v2) as stored, compressed ones too; the first may begin before the offset asked for.
   */
  RECORD_FORMAT_BATCHES: 'RECORD_FORMAT_BATCHES',
} as const;

export type RecordFormat =
  /**
   * As RECORD_FORMAT_RECORDS.
   */
  | 'RECORD_FORMAT_UNSPECIFIED'
  | 0
  /**
   * Decoded records.
   */
  | 'RECORD_FORMAT_RECORDS'
  | 1
  /**
   * Record batches (format v2) as stored, compressed ones too; the first may begin before the offset asked for.
   */
  | 'RECORD_FORMAT_BATCHES'
  | 2

export type RecordFormat__Output = typeof RecordFormat[keyof typeof RecordFormat]
