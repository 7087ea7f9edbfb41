/**
 * Assignments whose Topic is gone: by the deletionPolicy that they record, their data stays or goes (kubernetes.md: no
 * finalizers, deletion acts on absence). When, says AbsencePolicy. The tombstone is set only when reads past all copies
 * say that the Topic is gone and that no other claims the id, and the API server would take a Topic here: in a namespace
 * that is being deleted, and while the kind itself is, an absence says nothing of what anybody wants.
 */
import type { TopicId } from '@millrace/core/ids';
import { isInternalTopicName } from '@millrace/core/topicName';
import type { TopicResource } from '@millrace/core/resources/custom/topicResource';
import type { Logger } from '../logger.ts';
import type { IndexedAssignment } from '../world/assignmentIndex.ts';
import { refusalToMake } from '../world/kindProbe.ts';
import { TOPICS } from '../world/kubeKinds.ts';
import { isPaused } from '../world/pausing.ts';
import type { World } from '../world/world.ts';
import { AbsencePolicy, type AbsenceVerdict } from './absencePolicy.ts';
import { topicNameOf } from './topicView.ts';

/** While something waits, it is asked so often whether Topics can be made. */
const PROBE_MS = 30_000;
const PROBE_SPEC = { clusterRef: { name: 'millrace-probe' }, topicName: 'millrace-probe' };

export interface TopicRemovalParts {
  readonly world: World;
  readonly logger: Logger;
  readonly monotonicMs: () => number;
  /** Records are not deleted, or not yet, and why. */
  readonly onHeld: (assignments: readonly IndexedAssignment[], note: string) => void;
}

export class TopicRemoval {
  readonly #parts: TopicRemovalParts;
  readonly #policy = new AbsencePolicy();
  /** Ids whose Topic wanted its records kept when it went, and why; until that is recorded. */
  readonly #kept = new Map<string, string>();
  /** What was told of an id. */
  readonly #told = new Map<string, string>();
  #probedMs = Number.NEGATIVE_INFINITY;

  constructor(parts: TopicRemovalParts) {
    this.#parts = parts;
  }

  /** `topic`: as it was last. `isSeen`: by an event, not by its absence from a listing. */
  gone(topic: TopicResource, isSeen: boolean): void {
    const { metadata, spec, status } = topic;
    if (status?.topicId === undefined) return;
    if (spec.deletionPolicy === 'Retain') this.#kept.set(status.topicId, 'it says Retain');
    else if (isPaused(topic)) this.#kept.set(status.topicId, 'it was paused');
    const nowMs = this.#parts.monotonicMs();
    const { name, uid } = metadata;
    if (isSeen) this.#policy.went(status.topicId, { name, uid }, nowMs, this.#left);
    else this.#policy.missing(status.topicId, nowMs, this.#left);
  }

  /** A Topic has this id: what was seen of another one before does not count any more. */
  claimed(topicId: TopicId): void {
    this.#forget(topicId);
    this.#kept.delete(topicId);
  }

  /** Resolves to when to look again. */
  async reconcile(topicId: TopicId): Promise<number | undefined> {
    const { world, monotonicMs } = this.#parts;
    if (world.topicById(topicId) === undefined) await this.#keep(topicId);
    const orphans = this.#orphans(topicId);
    if (orphans.length === 0) {
      this.#forget(topicId);
      return undefined;
    }
    this.#policy.missing(topicId, monotonicMs(), this.#left);
    const waitMs = await this.#waitMs(topicId);
    if (waitMs > 0) return waitMs;
    const names = new Set(orphans.map(({ cluster, spec }) => `${cluster}/${spec.topicName}`));
    const isBegun = this.#isBegun(topicId);
    // A Topic of the name that has no id yet may be the same, its status lost: it decides by itself.
    const isDone = await this.#buryUnless(
      topicId,
      (topic) => !isBegun && names.has(clientName(topic)),
    );
    return isDone ? undefined : PROBE_MS;
  }

  /**
   * Another Topic wants the name: what was seen to be deleted goes first, for the new Topic is another one. What nobody
   * saw, and what is held, stays: the new Topic adopts it. Resolves to milliseconds to wait before that can be told.
   */
  async finish(topicId: TopicId): Promise<number> {
    if (this.#parts.world.topicById(topicId) === undefined) await this.#keep(topicId);
    if (this.#orphans(topicId).length === 0) return 0;
    if (this.#policy.seen(topicId) === undefined && !this.#isBegun(topicId)) return 0;
    const waitMs = await this.#waitMs(topicId);
    const isHeld = this.#verdict(topicId)?.kind === 'held';
    if (isHeld) return 0;
    if (waitMs > 0) return waitMs;
    await this.#buryUnless(topicId, () => false);
    return 0;
  }

  get #left(): number {
    return [...this.#parts.world.topics.list()].length;
  }

  #verdict(topicId: TopicId): AbsenceVerdict | undefined {
    return this.#policy.verdict(topicId, this.#parts.monotonicMs());
  }

  /** Some of it is buried: that was decided, and what is left of it is no topic. */
  #isBegun(topicId: TopicId): boolean {
    return this.#parts.world.assignmentIndex.ofTopic(topicId).some(({ spec }) => spec.deleted);
  }

  /** 0: its records may go, by all that was heard up to now. Says why if they may not for long. */
  async #waitMs(topicId: TopicId): Promise<number> {
    if (this.#isBegun(topicId)) return 0;
    const { monotonicMs } = this.#parts;
    // At once when it goes: a kind that is being deleted may be there again a moment later.
    const atMs = this.#policy.atMs(topicId) ?? Number.POSITIVE_INFINITY;
    const isStale = this.#probedMs < Math.max(atMs, monotonicMs() - PROBE_MS);
    const before = this.#verdict(topicId);
    if (isStale || before?.kind === 'due') await this.#probe();
    const verdict = this.#verdict(topicId);
    if (verdict === undefined || verdict.kind === 'due') return 0;
    if (verdict.kind === 'held') this.#tellHeld(topicId, verdict);
    return Math.min(verdict.waitMs, PROBE_MS);
  }

  async #probe(): Promise<void> {
    const { world, logger, monotonicMs } = this.#parts;
    const beganMs = monotonicMs();
    const { client, namespace } = world;
    const refusal = await refusalToMake(client, namespace, TOPICS, PROBE_SPEC);
    this.#probedMs = Math.max(this.#probedMs, beganMs);
    if (refusal === undefined) {
      this.#policy.allowed(monotonicMs());
      return;
    }
    logger.warn('deletions wait: Topics could not be made here', { refusal });
    this.#policy.refused(refusal);
  }

  /** False if a Topic has the id, is still there, or `isWanted`. */
  async #buryUnless(
    topicId: TopicId,
    isWanted: (topic: TopicResource) => boolean,
  ): Promise<boolean> {
    const { client, namespace } = this.#parts.world;
    const seen = this.#policy.seen(topicId);
    const found =
      seen === undefined
        ? undefined
        : await client.get<TopicResource>(TOPICS, namespace, seen.name);
    // It is not gone: its status was lost, and it takes up what is there.
    if (found !== undefined && found.metadata.uid === seen?.uid) {
      this.#forget(topicId);
      return false;
    }
    // Rejects if the kind is gone: then nothing is deleted.
    const { items } = await client.list<TopicResource>(TOPICS, namespace);
    if (items.some((topic) => isClaimOf(topic, topicId) || isWanted(topic))) return false;
    const verdict = this.#verdict(topicId);
    if (verdict?.kind !== 'due' && !this.#isBegun(topicId)) return false;
    await this.#bury(topicId);
    return true;
  }

  #orphans(topicId: TopicId): IndexedAssignment[] {
    const { world } = this.#parts;
    if (world.topicById(topicId) !== undefined) return [];
    return this.#deletable(topicId).filter(({ cluster }) => !isPaused(world.clusters.get(cluster)));
  }

  #deletable(topicId: TopicId): IndexedAssignment[] {
    return this.#parts.world.assignmentIndex
      .ofTopic(topicId)
      .filter(
        ({ spec }) =>
          !spec.deleted && spec.deletionPolicy === 'Delete' && !isInternalTopicName(spec.topicName),
      );
  }

  /** What its Topic wanted last is recorded, though that could not be done while it was there. */
  async #keep(topicId: TopicId): Promise<void> {
    const why = this.#kept.get(topicId);
    if (why === undefined) return;
    const { world, onHeld } = this.#parts;
    const kept = this.#deletable(topicId);
    for (const { object, spec } of kept) {
      await world.writeAssignment(
        { ...object, spec: { ...spec, deletionPolicy: 'Retain' } },
        'put',
      );
    }
    this.#kept.delete(topicId);
    const name = kept[0]?.spec.topicName;
    if (name === undefined) return;
    onHeld(
      kept,
      `the Topic of ${name} is gone and its records are kept, for ${why}: make the Topic again to have them, or delete the topic by millrace topic delete`,
    );
  }

  #tellHeld(topicId: TopicId, { waitMs, reason }: AbsenceVerdict): void {
    if (this.#told.get(topicId) === reason) return;
    this.#told.set(topicId, reason);
    const orphans = this.#orphans(topicId);
    const minutes = Math.ceil(waitMs / 60_000);
    const time = Number.isFinite(waitMs) ? `for ${minutes} more min` : 'until they can, and 10 min';
    this.#parts.onHeld(
      orphans,
      `the records of ${orphans[0]?.spec.topicName ?? ''} are kept ${time}; make its Topic again to keep them, or wait (${reason})`,
    );
  }

  async #bury(topicId: TopicId): Promise<void> {
    const { world, logger } = this.#parts;
    for (const { object, spec } of this.#orphans(topicId)) {
      logger.info('the Topic is gone: its records go', { topic: spec.topicName, topicId });
      await world.writeAssignment({ ...object, spec: { ...spec, deleted: true } }, 'put');
    }
    this.#forget(topicId);
  }

  #forget(topicId: TopicId): void {
    this.#policy.forget(topicId);
    this.#told.delete(topicId);
  }
}

function isClaimOf({ status }: TopicResource, topicId: TopicId): boolean {
  return status?.topicId === topicId;
}

function clientName(topic: TopicResource): string {
  return `${topic.spec.clusterRef.name}/${topicNameOf(topic)}`;
}
