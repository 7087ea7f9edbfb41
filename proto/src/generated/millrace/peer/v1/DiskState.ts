// Original file: millrace/peer/v1/controller.proto

export const DiskState = {
  DISK_STATE_UNSPECIFIED: 'DISK_STATE_UNSPECIFIED',
  DISK_STATE_OK: 'DISK_STATE_OK',
  DISK_STATE_FULL: 'DISK_STATE_FULL',
  DISK_STATE_FAILED: 'DISK_STATE_FAILED',
} as const;

export type DiskState =
  | 'DISK_STATE_UNSPECIFIED'
  | 0
  | 'DISK_STATE_OK'
  | 1
  | 'DISK_STATE_FULL'
  | 2
  | 'DISK_STATE_FAILED'
  | 3

export type DiskState__Output = typeof DiskState[keyof typeof DiskState]
