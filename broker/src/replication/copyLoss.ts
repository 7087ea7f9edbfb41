import type { Offset } from '@millrace/core/ids';

/** Why a copy has to start anew under another copyId (safety.md, rules 6, 12, 23). */
export type CopyLoss =
  /** The leader keeps nothing below `logStart`: drop the log, begin there. */
  | { readonly kind: 'reset'; readonly logStart: Offset }
  /** The leader has seen a greater durable end of this copy. */
  | { readonly kind: 'regressed' }
  | { readonly kind: 'corrupt'; readonly error: Error };
