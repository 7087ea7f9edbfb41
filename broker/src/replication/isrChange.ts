import type { CopyName } from '@millrace/core/resources/partitionAssignment';
import type { ProposalAnswer } from '../cluster/sessionMessages.ts';

/** What a leader asks the controller for, against the partition epoch `epoch`. */
export interface IsrChange {
  readonly leaderEpoch: number;
  readonly epoch: number;
  readonly isr: readonly CopyName[];
}

/** `lost`: nobody knows whether the controller has it. */
export type IsrAnswer = ProposalAnswer | 'lost';

/** Before an unsettled change is sent again. */
const RESEND_MS = 500;

/** The one change that is on its way; it stays the same however often it is sent (safety.md, rule 5). */
export class PendingChange {
  readonly change: IsrChange;
  #isOut = true;
  #sent = 1;
  #resendMs = 0;

  constructor(change: IsrChange) {
    this.change = change;
  }

  /** True if it is to be sent again now, which this call notes. */
  takeResend(nowMs: number): boolean {
    if (this.#isOut || nowMs < this.#resendMs) return false;
    this.#isOut = true;
    this.#sent += 1;
    return true;
  }

  /**
   * True if the answer settles it: a refusal of what was sent once. After a resend an earlier sending may still land;
   * then, as after OK, only the state with a greater partition epoch does.
   */
  answered(answer: IsrAnswer, nowMs: number): boolean {
    this.#isOut = false;
    this.#resendMs = nowMs + RESEND_MS;
    return isRefusal(answer) && this.#sent === 1;
  }
}

export function isRefusal(answer: IsrAnswer): boolean {
  return answer !== 'lost' && answer.code !== 'OK' && answer.code !== 'UNKNOWN';
}
