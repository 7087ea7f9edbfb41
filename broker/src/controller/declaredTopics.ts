/**
 * Topics where the operator makes their partitions: a request writes what is wanted and waits until it is there
 * (kubernetes.md, Topic). With the operator down it waits, then says that it does not know; asked again, the same request
 * waits on. Internal topics are the controller's own, here too.
 */
import { type ErrorCode, type MillraceError, millraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import { internalTopic } from '@millrace/core/internalTopics';
import { topicConfigValues } from '@millrace/core/topicConfig';
import { topicCollisionKey } from '@millrace/core/topicName';
import type { TopicMetadata } from '../cluster/metadata.ts';
import type { Clock } from '../io/clock.ts';
import type { ClusterStore } from '../store/clusterStore.ts';
import type { TopicDeclaration, TopicDeclarations } from '../store/topicDeclarations.ts';
import type {
  AlterTopicRequest,
  CreatedTopic,
  CreateTopicRequest,
  TopicReference,
} from './adminRequests.ts';
import { type ClusterModel, isDeleted, partitionCount, statusesOf } from './clusterModel.ts';
import { KeyedLock } from './keyedLock.ts';
import { topicMetadata } from './metadataPublisher.ts';
import { pause } from './probing.ts';
import type { TopicAdmin } from './topicAdmin.ts';
import { checkPartitionCount, checkSettings, refuseInternal } from './topicChecks.ts';
import type { TopicDeletion } from './topicDeletion.ts';
import type { TopicRequests } from './topicRequests.ts';

export interface DeclaredTopicsParts {
  readonly declarations: TopicDeclarations;
  /** Checks what is asked for, and makes internal topics. */
  readonly own: TopicAdmin;
  readonly model: ClusterModel;
  readonly store: ClusterStore;
  readonly deletion: TopicDeletion;
  readonly clock: Clock;
}

const WAIT_MS_MAX = 25_000;
const POLL_MS = 100;
const POLL_MS_MAX = 500;
const TRIES_MAX = 10;

export class DeclaredTopics implements TopicRequests {
  readonly #parts: DeclaredTopicsParts;
  readonly #lock = new KeyedLock();

  constructor(parts: DeclaredTopicsParts) {
    this.#parts = parts;
  }

  async finish(): Promise<void> {
    this.#parts.deletion.checkAll();
  }

  /** Rejects as TopicAdmin.create; STORE_UNAVAILABLE, `unknown`, if the operator did not do it in time. */
  async create(request: CreateTopicRequest): Promise<CreatedTopic> {
    const { own } = this.#parts;
    if (internalTopic(request.name, request.partitions) !== undefined) {
      return await own.create(request);
    }
    const planned = await own.create({ ...request, validateOnly: true });
    if (request.validateOnly || planned.existed) return planned;
    return await this.#lock.run(topicCollisionKey(request.name), () => this.#create(request));
  }

  /** Rejects with UNKNOWN_TOPIC, INVALID_PARTITIONS (they only grow), INVALID_CONFIG; STORE_UNAVAILABLE as `create`. */
  async alter(request: AlterTopicRequest): Promise<TopicMetadata> {
    const { name } = this.#parts.model.resolve(request.reference);
    refuseInternal(name);
    return await this.#lock.run(topicCollisionKey(name), () => this.#alter(request));
  }

  /**
   * Resolves once the tombstone is stored. Rejects with UNKNOWN_TOPIC, INVALID_REQUEST if its resource says that the
   * records are to be kept, STORE_UNAVAILABLE as `create`.
   */
  async delete(reference: TopicReference): Promise<TopicId> {
    const { name } = this.#parts.model.resolve(reference);
    refuseInternal(name);
    return await this.#lock.run(topicCollisionKey(name), () => this.#delete(reference));
  }

  async #create(request: CreateTopicRequest): Promise<CreatedTopic> {
    const { declarations } = this.#parts;
    const { name, partitions, replicationFactor, config } = request;
    let declared = await declarations.find(name);
    const existed = declared !== undefined;
    if (declared === undefined) {
      declared = await declarations.create({
        topicName: name,
        partitions: partitions || undefined,
        replicationFactor: replicationFactor || undefined,
        config,
      });
    } else checkDeclared(declared, request);
    try {
      return { topic: await this.#done(declared), existed };
    } catch (thrown) {
      // Refused: nothing of it is left, unless somebody else has declared it.
      const isRefused = (thrown as MillraceError).outcome === 'not-applied';
      if (isRefused && !existed) await this.#undeclare(name);
      throw thrown;
    }
  }

  async #undeclare(name: string): Promise<void> {
    const { declarations } = this.#parts;
    const newest = await declarations.find(name);
    if (newest !== undefined && newest.state === 'refused') await declarations.remove(newest);
  }

  async #alter(request: AlterTopicRequest): Promise<TopicMetadata> {
    const { model } = this.#parts;
    const entry = model.resolve(request.reference);
    const count = partitionCount(entry);
    const wanted = request.partitions === 0 ? count : request.partitions;
    checkPartitionCount(wanted);
    if (wanted < count) {
      throw millraceError(
        'INVALID_PARTITIONS',
        `${entry.name} has ${count} partitions, which can't become ${wanted}: they only grow`,
      );
    }
    const { replicationFactor } = topicMetadata(entry);
    const unset = Object.fromEntries(request.configUnset.map((key) => [key, undefined]));
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const declared = await this.#declared(entry.name);
      const kept = Object.entries(declared.config).filter(
        ([key]) => !request.configUnset.includes(key),
      );
      const config = { ...Object.fromEntries(kept), ...request.config };
      checkSettings(config, replicationFactor);
      if (request.validateOnly) {
        const values = topicConfigValues(config, { replicationFactor });
        return { ...topicMetadata(entry), config: values, configSet: Object.keys(config) };
      }
      try {
        const change = { partitions: wanted, config: { ...unset, ...request.config } };
        const partitions = wanted === count ? undefined : wanted;
        const changed = await this.#parts.declarations.change(declared, { ...change, partitions });
        return await this.#done(changed);
      } catch (thrown) {
        // The operator writes its status meanwhile.
        if ((thrown as MillraceError).code !== 'CONFLICT') throw thrown;
      }
    }
    throw millraceError('CONFLICT', `topic ${entry.name} is being changed by others`);
  }

  async #delete(reference: TopicReference): Promise<TopicId> {
    const { model, declarations, own } = this.#parts;
    const { topicId, name } = model.resolve(reference);
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const declared = await declarations.find(name);
      // Kept after its resource went: there is nobody else to delete it.
      if (declared === undefined) return await own.delete({ topicId });
      if (declared.isRetained) {
        throw millraceError(
          'INVALID_REQUEST',
          `Topic ${declared.resourceName} says that the records are kept: set its deletionPolicy to Delete first`,
        );
      }
      try {
        await declarations.remove(declared);
        await this.#until(() => this.#isBuried(topicId), `deletion of topic ${name}`);
        return topicId;
      } catch (thrown) {
        if ((thrown as MillraceError).code !== 'CONFLICT') throw thrown;
      }
    }
    throw millraceError('CONFLICT', `topic ${name} is being changed by others`);
  }

  #isBuried(topicId: TopicId): boolean {
    const entry = this.#parts.model.topics.get(topicId);
    return entry === undefined || isDeleted(entry);
  }

  async #declared(name: string): Promise<TopicDeclaration> {
    const found = await this.#parts.declarations.find(name);
    if (found !== undefined) return found;
    throw millraceError(
      'INVALID_REQUEST',
      `topic ${name} is kept and has no Topic resource: make one of this name, then change that`,
    );
  }

  /** As declared and led, as this controller has it. */
  async #done({ resourceName, topicName }: TopicDeclaration): Promise<TopicMetadata> {
    const { declarations, model } = this.#parts;
    let topicId: TopicId | undefined;
    await this.#until(async () => {
      const declared = await declarations.read(resourceName);
      if (declared === undefined) throw gone(topicName);
      if (declared.state === 'refused') throw refused(declared);
      topicId = declared.topicId;
      return declared.state === 'done' && topicId !== undefined && (await this.#isHeard(topicId));
    }, `topic ${topicName}`);
    const entry = topicId === undefined ? undefined : model.topics.get(topicId);
    if (entry === undefined) throw gone(topicName);
    return topicMetadata(entry);
  }

  /** This controller knows what the operator has written, and all of it is led. */
  async #isHeard(topicId: TopicId): Promise<boolean> {
    const { model, store } = this.#parts;
    const entry = model.topics.get(topicId);
    if (entry === undefined || statusesOf(entry).some(({ leader }) => leader === null))
      return false;
    const stored = await Promise.all(
      entry.chunks.map(({ name }) => store.get('PartitionAssignment', name)),
    );
    return entry.chunks.every(({ object }, at) => object.version >= (stored[at]?.version ?? 0));
  }

  async #until(done: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const { clock } = this.#parts;
    const untilMs = clock.monotonicMs() + WAIT_MS_MAX;
    for (let waitMs = POLL_MS; !(await done()); waitMs = Math.min(POLL_MS_MAX, waitMs * 1.5)) {
      if (clock.monotonicMs() >= untilMs) {
        const message = `${what} is asked for; the operator has not done it yet: ask again`;
        throw millraceError('STORE_UNAVAILABLE', message, { outcome: 'unknown' });
      }
      await pause(clock, waitMs);
    }
  }
}

/** Throws TOPIC_EXISTS unless it is declared as it is asked for: then creating it again is no error. */
function checkDeclared(declared: TopicDeclaration, request: CreateTopicRequest): void {
  const { partitions, replicationFactor, config } = request;
  const factor = replicationFactor || declared.replicationFactor || 1;
  const values = (given: Readonly<Record<string, string>>): string =>
    JSON.stringify(topicConfigValues(given, { replicationFactor: factor }));
  const isSame =
    (partitions === 0 || (declared.partitions ?? partitions) === partitions) &&
    (replicationFactor === 0 ||
      (declared.replicationFactor ?? replicationFactor) === replicationFactor) &&
    values(config) === values(declared.config);
  if (isSame) return;
  throw millraceError(
    'TOPIC_EXISTS',
    `topic ${request.name} is declared otherwise by Topic ${declared.resourceName}`,
  );
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  InvalidName: 'INVALID_TOPIC_NAME',
  InvalidConfig: 'INVALID_CONFIG',
  PartitionsShrink: 'INVALID_PARTITIONS',
  NotEnoughBrokers: 'INVALID_REPLICATION_FACTOR',
  ResourceConflict: 'TOPIC_EXISTS',
};

function refused({ reason, message }: TopicDeclaration): MillraceError {
  return millraceError(CODES[reason] ?? 'INVALID_REQUEST', message, { outcome: 'not-applied' });
}

function gone(topicName: string): MillraceError {
  return millraceError('UNKNOWN_TOPIC', `topic ${topicName} was deleted meanwhile`, {
    outcome: 'unknown',
  });
}
