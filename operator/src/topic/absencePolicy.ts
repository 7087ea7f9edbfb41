/**
 * When the records of Topics that are absent may go. A deletion that was seen is followed once no other one was seen for
 * a moment; waited for are 10 min where the absence may be a mistake: nobody saw the deletion, many went at once, or
 * Topics could not be made meanwhile [their kind was deleted: each of them is "deleted" by that, as far as anybody sees].
 * Pure: its clock is an argument, in monotonic milliseconds.
 */
import { ABSENCE_GUARD, AbsenceGuard } from './absenceGuard.ts';

/** The Topic that went, as it was last seen. */
export interface SeenTopic {
  readonly name: string;
  readonly uid: string;
}

export interface AbsenceVerdict {
  readonly kind: 'due' | 'settling' | 'held';
  /** 0: due. Infinity: until Topics can be made again, and then 10 min. */
  readonly waitMs: number;
  /** Why it is held. */
  readonly reason: string;
}

interface Absence {
  /** Undefined: nobody saw it being deleted. */
  readonly seen: SeenTopic | undefined;
  readonly atMs: number;
  readonly heldUntilMs: number;
  readonly reason: string;
}

export const HOLD_MS = ABSENCE_GUARD.holdMs;
/** Without another deletion: those that go together are counted before the records of the first go. */
export const QUIET_MS = 2000;
/** Though deletions never cease. */
const SETTLE_MS_MAX = 60_000;

export class AbsencePolicy {
  readonly #guard = new AbsenceGuard();
  readonly #absences = new Map<string, Absence>();
  #wentAtMs = Number.NEGATIVE_INFINITY;
  /** Topics could be made when it was last asked. */
  #isKindGood = true;

  /** This process saw it being deleted; `left`: how many Topics there are now. */
  went(topicId: string, seen: SeenTopic, nowMs: number, left: number): void {
    this.#wentAtMs = nowMs;
    this.#note(topicId, seen, nowMs, left);
  }

  /** It is absent. No matter if it is known already. */
  missing(topicId: string, nowMs: number, left: number): void {
    if (!this.#absences.has(topicId)) this.#note(topicId, undefined, nowMs, left);
  }

  /** It is there, or was dealt with. */
  forget(topicId: string): void {
    this.#absences.delete(topicId);
  }

  /** Topics cannot be made. What is absent now may be absent because of that. */
  refused(refusal: string): void {
    this.#isKindGood = false;
    const reason = `Topics could not be made here meanwhile: ${refusal}`;
    for (const [topicId, absence] of this.#absences) {
      this.#absences.set(topicId, { ...absence, heldUntilMs: Number.POSITIVE_INFINITY, reason });
    }
  }

  /** Topics can be made. */
  allowed(nowMs: number): void {
    if (this.#isKindGood) return;
    this.#isKindGood = true;
    for (const [topicId, absence] of this.#absences) {
      if (absence.heldUntilMs !== Number.POSITIVE_INFINITY) continue;
      this.#absences.set(topicId, { ...absence, heldUntilMs: nowMs + HOLD_MS });
    }
  }

  /** Undefined: it is not known to be absent, or nobody saw it go. */
  seen(topicId: string): SeenTopic | undefined {
    return this.#absences.get(topicId)?.seen;
  }

  /** Undefined: it is not known to be absent. */
  atMs(topicId: string): number | undefined {
    return this.#absences.get(topicId)?.atMs;
  }

  verdict(topicId: string, nowMs: number): AbsenceVerdict | undefined {
    const absence = this.#absences.get(topicId);
    if (absence === undefined) return undefined;
    const ownMs = absence.heldUntilMs - nowMs;
    const massMs = this.#guard.heldMs(nowMs);
    if (ownMs > 0 && ownMs >= massMs) {
      return { kind: 'held', waitMs: ownMs, reason: absence.reason };
    }
    if (massMs > 0) {
      return { kind: 'held', waitMs: massMs, reason: 'many Topics went within a minute' };
    }
    const quietAtMs = Math.min(this.#wentAtMs + QUIET_MS, absence.atMs + SETTLE_MS_MAX);
    if (quietAtMs > nowMs) return { kind: 'settling', waitMs: quietAtMs - nowMs, reason: '' };
    return { kind: 'due', waitMs: 0, reason: '' };
  }

  #note(topicId: string, seen: SeenTopic | undefined, nowMs: number, left: number): void {
    this.#guard.note(nowMs, left);
    const isTrusted = seen !== undefined && this.#isKindGood;
    const untrustedUntilMs = this.#isKindGood ? nowMs + HOLD_MS : Number.POSITIVE_INFINITY;
    this.#absences.set(topicId, {
      seen,
      atMs: nowMs,
      heldUntilMs: isTrusted ? nowMs : untrustedUntilMs,
      reason:
        seen === undefined
          ? 'nobody saw its Topic being deleted'
          : 'Topics could not be made here when its Topic went',
    });
  }
}
