/**
 * Topics as clients ask for them, on the broker that is the controller. It answers once the broker itself has heard of
 * what was done, so that what its client asks next finds the topic.
 */
import { millraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import { checkTopicConfig, resolveTopicConfig } from '@millrace/core/topicConfig';
import { isInternalTopicName } from '@millrace/core/topicName';
import type { TopicMetadata } from '../cluster/metadata.ts';
import type { MetadataCache } from '../cluster/metadataCache.ts';
import type {
  AlterTopicRequest,
  CreateTopicRequest,
  TopicReference,
} from '../controller/adminRequests.ts';
import type { Controller } from '../controller/controller.ts';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { LogDirectory } from '../log/directory/logDirectory.ts';
import type { TopicShape } from './topicShape.ts';

/** How long this broker waits to hear of what was done. */
const HEARD_MS_MAX = 10_000;

export interface TopicAdminParts {
  readonly metadata: MetadataCache;
  readonly controller: Controller;
  readonly directory: LogDirectory;
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
    this.#checkHere(request.config);
    const { topic, existed } = await this.#parts.controller.createTopic(request);
    if (!request.validateOnly) await this.#heardOf(topic);
    return { topic: shapeOf(topic), existed };
  }

  /** Throws UNKNOWN_TOPIC, INVALID_PARTITIONS (they only grow) and INVALID_CONFIG. */
  async alter(request: AlterTopicRequest): Promise<TopicShape> {
    const { metadata, controller } = this.#parts;
    const { topicId, topicName } = request.reference;
    const known = topicId
      ? metadata.topic(topicId as TopicId)
      : metadata.topicByName(topicName ?? '');
    this.#checkHere({ ...known?.config, ...request.config });
    const topic = await controller.alterTopic(request);
    if (!request.validateOnly) await this.#heardOf(topic);
    return shapeOf(topic);
  }

  /** Throws UNKNOWN_TOPIC. Data goes to trash/ and is removed a minute later. */
  async delete(reference: TopicReference): Promise<TopicId> {
    const { controller, metadata } = this.#parts;
    const deleted = await controller.deleteTopic(reference);
    await this.#until(() => metadata.topic(deleted)?.deleted ?? true);
    return deleted;
  }

  /** What this broker's log can't take, no other of this cluster can: they are configured alike. */
  #checkHere(config: Readonly<Record<string, string>>): void {
    checkTopicConfig(config);
    this.#parts.directory.checkConfig(resolveTopicConfig(config));
  }

  /** The metadata has changed: whoever waits for that looks again. */
  metadataChanged(): void {
    for (const look of this.#waiting) look();
  }

  /** Another broker did something to the topic: waits until this one has heard of it, not for ever. */
  async heardOf(topicId: string, partitions: number): Promise<void> {
    const { metadata } = this.#parts;
    await this.#until(() => {
      const known = metadata.topic(topicId as TopicId);
      return known !== undefined && known.partitions.filter(isLed).length >= partitions;
    });
  }

  async heardOfDeletion(topicId: string): Promise<void> {
    await this.#until(() => this.#parts.metadata.topic(topicId as TopicId)?.deleted ?? true);
  }

  /** Waits until this broker's metadata say so; false if they do not in time. */
  async heardThat(done: (metadata: MetadataCache) => boolean): Promise<boolean> {
    return await this.#until(() => done(this.#parts.metadata));
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

function isLed({ leader }: PartitionStatus): boolean {
  return leader !== null;
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
