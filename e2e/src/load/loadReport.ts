/** What the clients of a scenario say when they have ended. */
import type { Verdict } from '@millrace/chaos/check/judge';

export interface LoadReport {
  readonly sent: number;
  readonly acknowledged: number;
  /** Records shown to all consumers together. */
  readonly shown: number;
  /** In one partition without an acknowledgement, since the mark; milliseconds. */
  readonly longestGapMs: number;
  readonly sendErrors: Readonly<Record<string, number>>;
  readonly readErrors: Readonly<Record<string, number>>;
  /** The final reading came to the end of every partition: without it the verdicts say little. */
  readonly isComplete: boolean;
  readonly verdicts: readonly Verdict[];
}
