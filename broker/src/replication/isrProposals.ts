import { toMillraceError } from '@millrace/core/errors';
import type { IsrProposal, ProposalAnswer } from '../cluster/sessionMessages.ts';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { IsrAnswer, IsrChange } from './isrChange.ts';
import type { Partition } from './partition.ts';

/** Before what is not settled is looked at again. */
const RETRY_MS = 500;

export interface IsrProposalsParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Sends to the controller; resolves in order; rejects when the outcome is unknown (rule 5). */
  readonly propose: (changes: readonly IsrProposal[]) => Promise<readonly ProposalAnswer[]>;
}

interface SentChange {
  readonly partition: Partition;
  readonly change: IsrChange;
}

/** Changes of ISRs on their way to the controller: those of a tick as one request. */
export class IsrProposals {
  readonly #parts: IsrProposalsParts;
  readonly #due = new Set<Partition>();
  readonly #unsettled = new Set<Partition>();
  #isArmed = false;
  #timer: TimerHandle | undefined;
  #isStopped = false;

  constructor(parts: IsrProposalsParts) {
    this.#parts = parts;
  }

  /** A change of its ISR may be due, or to be sent again. */
  due(partition: Partition): void {
    this.#due.add(partition);
    if (this.#isArmed || this.#isStopped) return;
    this.#isArmed = true;
    this.#parts.clock.soon(() => {
      this.#isArmed = false;
      this.#send();
    });
  }

  forget(partition: Partition): void {
    this.#due.delete(partition);
    this.#unsettled.delete(partition);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #send(): void {
    if (this.#isStopped) return;
    const nowMs = this.#parts.clock.monotonicMs();
    const sent: SentChange[] = [];
    for (const partition of this.#due) {
      const change = partition.nextIsrChange(nowMs);
      if (change !== undefined) sent.push({ partition, change });
    }
    this.#due.clear();
    if (sent.length === 0) return;
    const proposals = sent.map(({ partition, change }) => {
      const { topicId, partition: number } = partition.identity;
      return { topicId, partition: number, ...change };
    });
    this.#parts.propose(proposals).then(
      (answers) => this.#answered(sent, answers),
      (error: unknown) => {
        const { code, message } = toMillraceError(error);
        this.#parts.logger.info('nobody knows whether a change of ISRs is made', {
          code,
          cause: message,
        });
        this.#answered(sent, []);
      },
    );
  }

  #answered(sent: readonly SentChange[], answers: readonly ProposalAnswer[]): void {
    const nowMs = this.#parts.clock.monotonicMs();
    for (const [index, { partition, change }] of sent.entries()) {
      const answer: IsrAnswer = answers[index] ?? 'lost';
      partition.isrChangeAnswered(change, answer, nowMs);
      this.#unsettled.add(partition);
    }
    if (this.#isStopped) return;
    this.#timer ??= this.#parts.clock.setTimer(RETRY_MS, () => {
      this.#timer = undefined;
      const unsettled = [...this.#unsettled];
      this.#unsettled.clear();
      for (const partition of unsettled) this.due(partition);
    });
  }
}
