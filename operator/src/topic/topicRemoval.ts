/**
 * Assignments whose Topic is gone: by the deletionPolicy that they record, their data stays or goes (kubernetes.md: no
 * finalizers, deletion acts on absence). The tombstone is set only when a read past all copies says that no Topic claims
 * the id, and the API server would take a Topic here: in a namespace that is being deleted, and while the kind itself is,
 * an absence says nothing of what anybody wants.
 */
import type { TopicId } from '@millrace/core/ids';
import { isInternalTopicName } from '@millrace/core/topicName';
import { API_GROUP, API_VERSION } from '@millrace/core/resources/custom/customResource';
import type { TopicResource } from '@millrace/core/resources/custom/topicResource';
import { KubeError } from '@millrace/kube/kubeError';
import { collectionPath } from '@millrace/kube/resource';
import type { Logger } from '../logger.ts';
import type { IndexedAssignment } from '../world/assignmentIndex.ts';
import { TOPICS } from '../world/kubeKinds.ts';
import { isPaused } from '../world/pausing.ts';
import type { World } from '../world/world.ts';
import type { AbsenceGuard } from './absenceGuard.ts';
import { topicNameOf } from './topicView.ts';

/** Topics that go together are counted before the first one's data goes. */
const SETTLE_MS = 1000;
const REFUSED_MS = 30_000;

export interface TopicRemovalParts {
  readonly world: World;
  readonly logger: Logger;
  readonly guard: AbsenceGuard;
  readonly monotonicMs: () => number;
  /** Deletion waits, and why. */
  readonly onHeld: (assignments: readonly IndexedAssignment[], note: string) => void;
}

export class TopicRemoval {
  readonly #parts: TopicRemovalParts;
  /** Ids whose Topic this process saw go, and when. */
  readonly #goneAtMs = new Map<string, number>();

  constructor(parts: TopicRemovalParts) {
    this.#parts = parts;
  }

  gone(topic: TopicResource): void {
    const topicId = topic.status?.topicId;
    if (topicId !== undefined) this.#note(topicId, this.#parts.monotonicMs());
  }

  /** Resolves to when to look again. */
  async reconcile(topicId: TopicId): Promise<number | undefined> {
    const { guard, monotonicMs } = this.#parts;
    const orphans = this.#orphans(topicId);
    if (orphans.length === 0) {
      this.#goneAtMs.delete(topicId);
      return undefined;
    }
    const nowMs = monotonicMs();
    // Nobody saw its Topic go: it went while no operator ran, and counts with those that went now.
    const goneAtMs = this.#goneAtMs.get(topicId) ?? this.#note(topicId, nowMs);
    const sinceMs = nowMs - goneAtMs;
    if (sinceMs < SETTLE_MS) return SETTLE_MS - sinceMs;
    const heldMs = guard.heldMs(nowMs);
    if (heldMs > 0) {
      this.#hold(orphans, heldMs);
      return heldMs;
    }
    const refusal = await this.#refusal();
    if (refusal !== undefined) {
      this.#parts.logger.warn('a deletion waits: Topics could not be made here', { refusal });
      return REFUSED_MS;
    }
    // A Topic of the name that has no id yet may be the same, its status lost: it decides by itself.
    const topics = await this.#readTopics();
    const names = new Set(orphans.map(({ cluster, spec }) => `${cluster}/${spec.topicName}`));
    const isWanted = topics.some(
      (topic) => isClaimOf(topic, topicId) || names.has(clientName(topic)),
    );
    if (isWanted) return REFUSED_MS;
    await this.#bury(topicId);
    return undefined;
  }

  /** Of a Topic that is known to have been deleted: at once, for another one wants its name. */
  async finish(topicId: TopicId): Promise<void> {
    const { guard, monotonicMs } = this.#parts;
    if (!this.#goneAtMs.has(topicId) || guard.heldMs(monotonicMs()) > 0) return;
    if (this.#orphans(topicId).length === 0) return;
    if ((await this.#refusal()) !== undefined) return;
    const topics = await this.#readTopics();
    if (!topics.some((topic) => isClaimOf(topic, topicId))) await this.#bury(topicId);
  }

  #note(topicId: string, nowMs: number): number {
    this.#goneAtMs.set(topicId, nowMs);
    this.#parts.guard.note(nowMs, [...this.#parts.world.topics.list()].length);
    return nowMs;
  }

  #orphans(topicId: TopicId): IndexedAssignment[] {
    const { world } = this.#parts;
    if (world.topicById(topicId) !== undefined) return [];
    return world.assignmentIndex
      .ofTopic(topicId)
      .filter(
        ({ spec, cluster }) =>
          !spec.deleted &&
          spec.deletionPolicy === 'Delete' &&
          !isInternalTopicName(spec.topicName) &&
          !isPaused(world.clusters.get(cluster)),
      );
  }

  #hold(orphans: readonly IndexedAssignment[], heldMs: number): void {
    const minutes = Math.ceil(heldMs / 60_000);
    this.#parts.onHeld(
      orphans,
      `many Topics went within a minute: the records of ${orphans[0]?.spec.topicName ?? ''} are kept for ${minutes} more min; make the Topics again to keep them, or wait`,
    );
  }

  /** Why a Topic could not be made here; undefined if it could. Nothing is made. */
  async #refusal(): Promise<string | undefined> {
    const { client, namespace } = this.#parts.world;
    const body = {
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: TOPICS.kind,
      metadata: { generateName: 'millrace-probe-', namespace },
      spec: { clusterRef: { name: 'millrace-probe' }, topicName: 'millrace-probe' },
    };
    try {
      const path = collectionPath(TOPICS, namespace);
      await client.connection.call({ method: 'POST', path, query: { dryRun: 'All' }, body });
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof KubeError) || thrown.reason === 'unavailable') throw thrown;
      return thrown.message;
    }
  }

  /** By a read of the API server. Rejects if the kind is gone: then nothing is deleted. */
  async #readTopics(): Promise<TopicResource[]> {
    const { client, namespace } = this.#parts.world;
    return (await client.list<TopicResource>(TOPICS, namespace)).items;
  }

  async #bury(topicId: TopicId): Promise<void> {
    const { world, logger } = this.#parts;
    for (const { object, spec } of this.#orphans(topicId)) {
      logger.info('the Topic is gone: its records go', { topic: spec.topicName, topicId });
      await world.writeAssignment({ ...object, spec: { ...spec, deleted: true } }, 'put');
    }
    this.#goneAtMs.delete(topicId);
  }
}

function isClaimOf({ status }: TopicResource, topicId: TopicId): boolean {
  return status?.topicId === topicId;
}

function clientName(topic: TopicResource): string {
  return `${topic.spec.clusterRef.name}/${topicNameOf(topic)}`;
}
