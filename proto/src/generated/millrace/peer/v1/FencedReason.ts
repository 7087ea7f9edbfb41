// Original file: millrace/peer/v1/controller.proto

export const FencedReason = {
  FENCED_REASON_UNSPECIFIED: 'FENCED_REASON_UNSPECIFIED',
  /**
   * A newer process has this broker id.
   */
  FENCED_REASON_NEWER_BOOT: 'FENCED_REASON_NEWER_BOOT',
  FENCED_REASON_NOT_CONTROLLER: 'FENCED_REASON_NOT_CONTROLLER',
  FENCED_REASON_REFUSED: 'FENCED_REASON_REFUSED',
} as const;

export type FencedReason =
  | 'FENCED_REASON_UNSPECIFIED'
  | 0
  /**
   * A newer process has this broker id.
   */
  | 'FENCED_REASON_NEWER_BOOT'
  | 1
  | 'FENCED_REASON_NOT_CONTROLLER'
  | 2
  | 'FENCED_REASON_REFUSED'
  | 3

export type FencedReason__Output = typeof FencedReason[keyof typeof FencedReason]
