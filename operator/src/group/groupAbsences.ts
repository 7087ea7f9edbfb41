/**
 * For how long the absence of a ConsumerGroup says nothing yet: one that this process saw deleted is believed soon; one
 * that nobody saw go [a restore, an operator that was down], one of many, and one that went while the kind itself was
 * going, waits. Pure: its clock is an argument, in monotonic milliseconds.
 */
import type {
  ConsumerGroupResource,
  ConsumerGroupSpec,
} from '@millrace/core/resources/custom/consumerGroupResource';

export interface GroupAbsenceOptions {
  /** Those that go together are counted before the first one is believed. */
  readonly settleMs: number;
  readonly windowMs: number;
  readonly holdMs: number;
  /** More than so many within the window, */
  readonly countMin: number;
  /** and more than this share of all that there were, are a mistake rather than a wish. */
  readonly share: number;
}

export const GROUP_ABSENCE: GroupAbsenceOptions = {
  settleMs: 2000,
  windowMs: 60_000,
  holdMs: 600_000,
  countMin: 5,
  share: 1 / 3,
};

type DeletionPolicy = ConsumerGroupSpec['deletionPolicy'];

interface Absence {
  readonly goneAtMs: number;
  readonly untilMs: number;
  /** When it was seen to go; undefined: nobody saw it. */
  readonly policy: DeletionPolicy | undefined;
}

export class GroupAbsences {
  readonly #options: GroupAbsenceOptions;
  readonly #byUid = new Map<string, Absence>();
  #goneAtMs: readonly number[] = [];
  #refusedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: GroupAbsenceOptions = GROUP_ABSENCE) {
    this.#options = options;
  }

  /** Its deletion was seen; `left`: how many there are now. */
  seen({ metadata, spec }: ConsumerGroupResource, nowMs: number, left: number): void {
    const { settleMs, windowMs, holdMs, countMin, share } = this.#options;
    const isAmidRefusals = nowMs - this.#refusedAtMs < windowMs;
    const untilMs = nowMs + (isAmidRefusals ? holdMs : settleMs);
    const policy = spec.deletionPolicy;
    this.#byUid.set(metadata.uid, { goneAtMs: nowMs, untilMs, policy });
    this.#goneAtMs = [...this.#goneAtMs.filter((atMs) => nowMs - atMs < windowMs), nowMs];
    const gone = this.#goneAtMs.length;
    if (gone > countMin && gone > share * (gone + left)) this.#holdAll(nowMs, windowMs);
    // One after the other, of many: the first waits for the last.
    else this.#waitAtLeast(nowMs + settleMs, nowMs - windowMs);
  }

  /** The kind, or the namespace, is going: nobody wished for what went with it. */
  refused(nowMs: number): void {
    this.#refusedAtMs = nowMs;
    this.#holdAll(nowMs, Number.POSITIVE_INFINITY);
  }

  /** It is there. */
  forget(uid: string): void {
    this.#byUid.delete(uid);
  }

  /** Milliseconds until its absence counts; 0: it does. */
  waitMs(uid: string, nowMs: number): number {
    const absence = this.#byUid.get(uid) ?? this.#unseen(uid, nowMs);
    return Math.max(0, absence.untilMs - nowMs);
  }

  /** What it said last, if it was seen to go. */
  lastPolicy(uid: string): DeletionPolicy | undefined {
    return this.#byUid.get(uid)?.policy;
  }

  #unseen(uid: string, nowMs: number): Absence {
    const absence = { goneAtMs: nowMs, untilMs: nowMs + this.#options.holdMs, policy: undefined };
    this.#byUid.set(uid, absence);
    return absence;
  }

  #holdAll(nowMs: number, withinMs: number): void {
    this.#waitAtLeast(nowMs + this.#options.holdMs, nowMs - withinMs);
  }

  #waitAtLeast(untilMs: number, goneSinceMs: number): void {
    for (const [uid, absence] of this.#byUid) {
      if (absence.goneAtMs < goneSinceMs || absence.untilMs >= untilMs) continue;
      this.#byUid.set(uid, { ...absence, untilMs });
    }
  }
}
