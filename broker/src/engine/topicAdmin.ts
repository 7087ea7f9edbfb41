/**
 * Topics as clients ask for them, on any broker: the controller carries it out, wherever it is, and this broker answers
 * once it has heard of it, so that what its client asks next finds the topic.
 */
import { MillraceError, millraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import { resolveTopicConfig } from '@millrace/core/topicConfig';
import { isInternalTopicName } from '@millrace/core/topicName';
import type { TopicMetadata } from '../cluster/metadata.ts';
import type { MetadataCache } from '../cluster/metadataCache.ts';
import type {
  AlterTopicRequest,
  CreatedTopic,
  CreateTopicRequest,
  TopicReference,
} from '../controller/adminRequests.ts';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { ControllerRoute } from './controllerRoute.ts';
import type { TopicShape } from './topicShape.ts';

/** How long this broker waits to hear of what was done. */
const HEARD_MS_MAX = 10_000;
/** A request that no controller took is sent again for so long: one is elected meanwhile. */
const ELECTION_MS_MAX = 15_000;
const RETRY_MS = 50;

export interface TopicAdminParts {
  readonly metadata: MetadataCache;
  readonly route: ControllerRoute;
  readonly clock: Clock;
}

export class TopicAdmin {
  readonly #parts: TopicAdminParts;
  readonly #waiting = new Set<() => void>();

  constructor(parts: TopicAdminParts) {
    this.#parts = parts;
  }

  /**
   * Throws INVALID_TOPIC_NAME, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_CONFIG, and TOPIC_EXISTS if it
   * exists with another shape or under a name that differs only in "." and "_".
   */
  async create(request: CreateTopicRequest): Promise<{ topic: TopicShape; existed: boolean }> {
    const { topic, existed } = await this.#call<CreatedTopic>('createTopic', request);
    if (!request.validateOnly) await this.#heardOf(topic);
    return { topic: shapeOf(topic), existed };
  }

  /** Throws UNKNOWN_TOPIC, INVALID_PARTITIONS (they only grow) and INVALID_CONFIG. */
  async alter(request: AlterTopicRequest): Promise<TopicShape> {
    const topic = await this.#call<TopicMetadata>('alterTopic', request);
    if (!request.validateOnly) await this.#heardOf(topic);
    return shapeOf(topic);
  }

  /** Throws UNKNOWN_TOPIC. Data goes to trash/ and is removed a minute later. */
  async delete(reference: TopicReference): Promise<TopicId> {
    const { topicId, topicName } = reference;
    const deleted = await this.#call<TopicId>('deleteTopic', { topicId, topicName });
    const { metadata } = this.#parts;
    await this.#until(() => metadata.topic(deleted)?.deleted ?? true);
    return deleted;
  }

  /** Asks the controller for anything that it does by name. */
  async #call<Answer>(method: string, request: unknown): Promise<Answer> {
    const { route, clock } = this.#parts;
    const deadlineMs = clock.monotonicMs() + ELECTION_MS_MAX;
    for (;;) {
      try {
        return (await route.calls().forward(method, request, ELECTION_MS_MAX)) as Answer;
      } catch (error) {
        const again =
          error instanceof MillraceError &&
          error.outcome === 'not-applied' &&
          (error.code === 'NOT_CONTROLLER' || error.code === 'UNAVAILABLE');
        if (!again || clock.monotonicMs() >= deadlineMs) throw error;
      }
      await new Promise<void>((resolve) => clock.setTimer(RETRY_MS, resolve));
    }
  }

  /** The metadata has changed: whoever waits for that looks again. */
  metadataChanged(): void {
    for (const look of this.#waiting) look();
  }

  async #heardOf({ topicId, name, config, partitions }: TopicMetadata): Promise<void> {
    const { metadata } = this.#parts;
    const heard = await this.#until(() => {
      const known = metadata.topic(topicId);
      if (known === undefined) return false;
      if (JSON.stringify(known.config) !== JSON.stringify(config)) return false;
      return partitions.every(({ p, epoch }) => (known.partitions[p]?.epoch ?? -1) >= epoch);
    });
    if (heard) return;
    throw millraceError(
      'DEADLINE_EXCEEDED',
      `it is done, but this broker has not heard of ${name}`,
      {
        outcome: 'applied',
      },
    );
  }

  /** False after HEARD_MS_MAX. */
  async #until(done: () => boolean): Promise<boolean> {
    if (done()) return true;
    return await new Promise<boolean>((resolve) => {
      const end = (result: boolean): void => {
        timer.cancel();
        this.#waiting.delete(look);
        resolve(result);
      };
      const look = (): void => {
        if (done()) end(true);
      };
      const timer: TimerHandle = this.#parts.clock.setTimer(HEARD_MS_MAX, () => end(false));
      this.#waiting.add(look);
    });
  }
}

function shapeOf(topic: TopicMetadata): TopicShape {
  const { topicId, name, replicationFactor, config, configSet, partitions } = topic;
  return {
    topicId,
    name,
    internal: isInternalTopicName(name),
    config: resolveTopicConfig(config),
    configSet: pick(config, configSet),
    replicationFactor,
    partitionCount: partitions.length,
  };
}

/** The entries of these keys, where there are any. */
export function pick(
  config: Readonly<Record<string, string>>,
  keys: readonly string[],
): Record<string, string> {
  const entries = keys.flatMap((key) => {
    const value = config[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
}
