/**
 * Keeps what one producer knows of its topics young: a topic in use is asked for again before the answer is maxAgeMs
 * old, and at once on request. A topic that is not used goes dormant instead: whoever comes back to it asks first.
 */
import { type MillraceError, toMillraceError } from '@millrace/core/errors';
import type { MetadataCache, TopicMetadata } from './metadataCache.ts';

export interface TopicWatchOwner {
  learned(metadata: TopicMetadata): void;
  notLearned(topic: string, error: MillraceError): void;
  /** What is known of it gets old from now on, until refresh(). */
  dormant(topic: string): void;
}

interface Watched {
  askedMs: number;
  usedMs: number;
  isDormant: boolean;
  readonly awaited: Set<Promise<TopicMetadata>>;
}

/** Looks at a topic per maxAgeMs: with two, an answer is renewed at half of its age and has the rest of it to come. */
const LOOKS = 4;
/** A topic that was not used for so many times maxAgeMs goes dormant. */
const IDLE_AGES = 10;

export class TopicWatch {
  readonly #metadata: MetadataCache;
  readonly #owner: TopicWatchOwner;
  readonly #topics = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(metadata: MetadataCache, owner: TopicWatchOwner) {
    this.#metadata = metadata;
    this.#owner = owner;
  }

  /** A record was appended to it. */
  used(topic: string): void {
    this.#use(topic);
  }

  /** Asks now, or after a pause if it was asked just now; never is the answer older than this call. */
  refresh(topic: string): void {
    if (this.#closed) return;
    this.#await(topic, this.#use(topic), this.#metadata.refresh(topic));
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  #use(topic: string): Watched {
    const nowMs = performance.now();
    let watched = this.#topics.get(topic);
    if (watched === undefined) {
      watched = { askedMs: nowMs, usedMs: nowMs, isDormant: false, awaited: new Set() };
      this.#topics.set(topic, watched);
    }
    watched.usedMs = nowMs;
    watched.isDormant = false;
    if (this.#timer === undefined && !this.#closed) {
      this.#timer = setInterval(() => this.#look(), this.#metadata.maxAgeMs / LOOKS);
      // Nothing is lost if the process ends while nothing is on its way.
      this.#timer.unref();
    }
    return watched;
  }

  #look(): void {
    const { maxAgeMs } = this.#metadata;
    const nowMs = performance.now();
    for (const [topic, watched] of this.#topics) {
      if (watched.isDormant || watched.awaited.size > 0) continue;
      if (nowMs - watched.askedMs < maxAgeMs / 2) continue;
      if (nowMs - watched.usedMs > maxAgeMs * IDLE_AGES) {
        watched.isDormant = true;
        this.#owner.dormant(topic);
      } else {
        this.#await(topic, watched, this.#metadata.recent(topic, maxAgeMs / 2));
      }
    }
  }

  /** Several callers may get one answer: it is handed on once. */
  #await(topic: string, watched: Watched, answer: Promise<TopicMetadata>): void {
    if (watched.awaited.has(answer)) return;
    watched.awaited.add(answer);
    answer.then(
      (metadata) => {
        watched.awaited.delete(answer);
        watched.askedMs = metadata.askedMs;
        if (!this.#closed) this.#owner.learned(metadata);
      },
      (thrown: unknown) => {
        watched.awaited.delete(answer);
        if (!this.#closed) this.#owner.notLearned(topic, toMillraceError(thrown));
      },
    );
  }
}
