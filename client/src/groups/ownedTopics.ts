/** What an assignment names by id, by name and with its leaders; where its partitions begin. */
import { setTimeout as delay } from 'node:timers/promises';
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { StartPosition__Output } from '@millrace/proto/generated/millrace/v1/StartPosition';
import type { Admin } from '../admin.ts';
import { backoffMs, RECONNECT_BACKOFF } from '../backoff.ts';
import type { Logger } from '../logger.ts';
import type { MetadataCache, TopicMetadata } from '../metadataCache.ts';
import type { OffsetQuery } from '../topicOffsets.ts';
import type { GroupStart } from './consumerOptions.ts';

export interface OwnedTopicsContext {
  readonly admin: Admin;
  readonly metadata: MetadataCache;
  readonly logger: Logger;
}

export class OwnedTopics {
  readonly #context: OwnedTopicsContext;
  readonly #names = new Map<string, string>();

  constructor(context: OwnedTopicsContext) {
    this.#context = context;
  }

  /** Asked until it is answered, or nobody wants it any more. Undefined: there is no such topic, or nobody wants it. */
  async of(topicId: string, isWanted: () => boolean): Promise<TopicMetadata | undefined> {
    return this.#insist(isWanted, async () => {
      const { admin, metadata } = this.#context;
      const name = this.#names.get(topicId) ?? (await admin.describeTopic({ topicId })).name;
      this.#names.set(topicId, name);
      const topic = await metadata.recent(name, metadata.maxAgeMs);
      if (topic.topicId === topicId) return topic;
      throw millraceError('UNKNOWN_TOPIC', `${name} is another topic now`);
    });
  }

  /** As `of`. */
  async offset(
    topicId: string,
    partition: number,
    query: OffsetQuery,
    isWanted: () => boolean,
  ): Promise<number | undefined> {
    return this.#insist(isWanted, async () => {
      const { admin } = this.#context;
      const [found] = await admin.listOffsets({ topicId }, query, { partitions: [partition] });
      if (found === undefined) throw millraceError('INTERNAL', 'an answer without the partition');
      if (found.error !== undefined) throw found.error;
      return found.offset;
    });
  }

  async #insist<T>(isWanted: () => boolean, ask: () => Promise<T>): Promise<T | undefined> {
    for (let failures = 1; isWanted(); failures++) {
      try {
        return await ask();
      } catch (thrown) {
        const error: MillraceError = toMillraceError(thrown);
        this.#context.logger.debug(error.message, { code: error.code });
        if (error.code === 'UNKNOWN_TOPIC' || error.code === 'CANCELLED') return undefined;
        await delay(backoffMs(failures, Math.random(), 0, RECONNECT_BACKOFF));
      }
    }
    return undefined;
  }
}

/** What the group declares, else what the consumer wants. */
export function startQuery(
  declared: StartPosition__Output | null,
  wanted: GroupStart,
  nowMs: number,
): OffsetQuery {
  if (declared?.latest === true) return 'latest';
  if (declared?.timestampMs !== undefined) return { timestampMs: declared.timestampMs };
  if (declared?.durationMs !== undefined) return backBy(declared.durationMs, nowMs);
  if (typeof wanted === 'string') return wanted;
  return 'durationMs' in wanted ? backBy(wanted.durationMs, nowMs) : wanted;
}

function backBy(durationMs: number, nowMs: number): OffsetQuery {
  return { timestampMs: Math.max(0, nowMs - durationMs) };
}
