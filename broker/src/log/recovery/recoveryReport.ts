import type { CopyId, TopicId } from '@millrace/core/ids';

/** Why a copy could not prove at boot that it holds all it acknowledged (safety.md, rule 6). */
export type MintReason =
  /** Acknowledged bytes are missing or damaged (rule 12). */
  | 'corruption'
  /** An `async` log after a boot without marker. */
  | 'async-unclean'
  /** Its creation was never durable, and it is empty. */
  | 'unfinished'
  /** The journal was discarded on request (rule 11). */
  | 'journal-lost';

export interface MintedCopy {
  readonly topicId: TopicId;
  readonly partition: number;
  readonly before: CopyId;
  readonly after: CopyId;
  readonly reason: MintReason;
  readonly detail: string;
}

export interface RecoveryReport {
  /** The marker of a clean shutdown was there: the journal was not read. */
  readonly wasClean: boolean;
  readonly framesReplayed: number;
  readonly bytesReplayed: number;
  /** The journal ended in frames that were never acknowledged, some of them lost. */
  readonly tornTail: boolean;
  readonly mintedCopies: readonly MintedCopy[];
  /** Partitions that could not be opened at all; nothing of them was changed. */
  readonly unreadable: readonly { readonly directory: string; readonly detail: string }[];
  readonly durationMs: number;
}
