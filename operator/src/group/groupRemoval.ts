/**
 * Declarations whose ConsumerGroup is gone are withdrawn (kubernetes.md: no finalizers, deletion acts on absence): only
 * when the absence counts, a read past all copies confirms it, and the API server would take a ConsumerGroup here.
 */
import { MillraceError, toMillraceError } from '@millrace/core/errors';
import type { ConsumerGroupResource } from '@millrace/core/resources/custom/consumerGroupResource';
import type { Logger } from '../logger.ts';
import { refusalToMake } from '../world/kindProbe.ts';
import { CONSUMER_GROUPS } from '../world/kubeKinds.ts';
import { isPaused } from '../world/pausing.ts';
import type { World } from '../world/world.ts';
import type { ClusterClients } from './clusterClients.ts';
import type { DeclaredGroup, DeclaredGroups } from './declaredGroups.ts';
import type { GroupAbsences } from './groupAbsences.ts';
import { groupIdOf } from './groupDeclaration.ts';

const RETRY_MS = 30_000;
const PROBE = { clusterRef: { name: 'millrace-probe' } };

export interface GroupRemovalParts {
  readonly world: World;
  readonly clients: Pick<ClusterClients, 'of'>;
  readonly declared: Pick<DeclaredGroups, 'all' | 'remove'>;
  readonly absences: GroupAbsences;
  readonly logger: Logger;
  readonly monotonicMs: () => number;
}

interface Row {
  readonly cluster: string;
  readonly group: DeclaredGroup;
}

export class GroupRemoval {
  readonly #parts: GroupRemovalParts;

  constructor(parts: GroupRemovalParts) {
    this.#parts = parts;
  }

  /** The deletion of it was seen. */
  gone(group: ConsumerGroupResource): void {
    const { absences, world, monotonicMs } = this.#parts;
    absences.seen(group, monotonicMs(), [...world.groups.list()].length);
  }

  /** Resolves to when to look again. */
  async reconcile(): Promise<number | undefined> {
    const { world, absences, monotonicMs } = this.#parts;
    const gone = this.#absent();
    if (gone.length === 0) return undefined;
    const waits = gone.map(({ group }) => absences.waitMs(group.uid, monotonicMs()));
    // Asked while they wait too: a kind that goes is back, empty, a moment later.
    if ((await this.#isRefused()) || waits.every((ms) => ms > 0)) {
      return Math.min(RETRY_MS, ...waits.filter((ms) => ms > 0));
    }
    const { items } = await world.client.list<ConsumerGroupResource>(
      CONSUMER_GROUPS,
      world.namespace,
    );
    const there = new Set(items.map(({ metadata }) => metadata.uid));
    let nextMs: number | undefined;
    const lookIn = (ms: number): void => {
      nextMs = Math.min(nextMs ?? ms, ms);
    };
    for (const row of gone) {
      const waitMs = absences.waitMs(row.group.uid, monotonicMs());
      if (waitMs > 0) lookIn(Math.min(RETRY_MS, waitMs));
      else if (there.has(row.group.uid)) lookIn(RETRY_MS);
      else if (!(await this.#withdraw(row, items))) lookIn(RETRY_MS);
    }
    return nextMs;
  }

  /** Of Clusters that are there, and that nobody works on. */
  #absent(): Row[] {
    const { world, declared, absences } = this.#parts;
    const known = new Set([...world.groups.list()].map(({ metadata }) => metadata.uid));
    for (const uid of known) absences.forget(uid);
    return declared.all().filter(({ cluster, group }) => {
      const found = world.clusters.get(cluster);
      return !known.has(group.uid) && found !== undefined && !isPaused(found);
    });
  }

  async #isRefused(): Promise<boolean> {
    const { world, absences, logger, monotonicMs } = this.#parts;
    const refusal = await refusalToMake(world.client, world.namespace, CONSUMER_GROUPS, PROBE);
    if (refusal === undefined) return false;
    absences.refused(monotonicMs());
    logger.warn('groups stay declared: ConsumerGroups could not be made here', { refusal });
    return true;
  }

  async #withdraw(
    { cluster, group: { uid, groupId, isDeletedWithResource } }: Row,
    items: readonly ConsumerGroupResource[],
  ): Promise<boolean> {
    const { clients, declared, absences, logger } = this.#parts;
    const client = clients.of(cluster);
    if (client === undefined) return false;
    // The group is another resource's by now: its offsets are not this one's to delete.
    const isNamed = items.some(
      (item) => item.spec.clusterRef.name === cluster && groupIdOf(item) === groupId,
    );
    // What it said last, should the record be older.
    const isWanted = absences.lastPolicy(uid) !== 'Retain';
    try {
      // Newer than anything that the resource said.
      const generation = Number.MAX_SAFE_INTEGER;
      await client.groupAdmin.declareGroup(groupId, { uid, generation, spec: undefined });
      if (isDeletedWithResource && isWanted && !isNamed) {
        await client.groupAdmin.deleteGroup(groupId);
      }
    } catch (thrown) {
      const error = toMillraceError(thrown);
      const isGone = error instanceof MillraceError && error.code === 'UNKNOWN_GROUP';
      if (!isGone) {
        logger.warn('a group is not withdrawn yet', { groupId, cause: error.message });
        return false;
      }
    }
    await declared.remove(cluster, uid);
    absences.forget(uid);
    return true;
  }
}
