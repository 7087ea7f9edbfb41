/**
 * One ConsumerGroup: declared to its coordinator, which keeps and applies it; what is there goes back into the status,
 * every 30 s at most. The live assignment is the coordinator's and never waits for the operator.
 */
import type { Millrace } from '@millrace/client/millrace';
import { toMillraceError } from '@millrace/core/errors';
import type { ConsumerGroupResource } from '@millrace/core/resources/custom/consumerGroupResource';
import { isPaused } from '../world/pausing.ts';
import type { World } from '../world/world.ts';
import type { ClusterClients } from './clusterClients.ts';
import type { DeclaredGroups } from './declaredGroups.ts';
import { groupDeclaration, groupIdOf } from './groupDeclaration.ts';
import { resetGroup } from './groupReset.ts';
import { type GroupJudgement, groupStatus, isWorthWriting } from './groupStatus.ts';

const LOOK_MS = 30_000;
const RETRY_MS = 5000;

export interface GroupReconcilerParts {
  readonly world: World;
  readonly clients: ClusterClients;
  readonly declared: DeclaredGroups;
  /** RFC 3339. */
  readonly now: () => string;
}

export class GroupReconciler {
  readonly #parts: GroupReconcilerParts;

  constructor(parts: GroupReconcilerParts) {
    this.#parts = parts;
  }

  async reconcile(name: string): Promise<number | undefined> {
    const { world, now } = this.#parts;
    const group = world.groups.get(name);
    if (group === undefined || group.metadata.deletionTimestamp !== undefined) return undefined;
    const judgement = await this.#judge(group);
    const status = groupStatus(group, judgement, now());
    if (isWorthWriting(group.status, status)) await world.groups.putStatus({ ...group, status });
    return judgement.problem === undefined ? LOOK_MS : RETRY_MS;
  }

  async #judge(group: ConsumerGroupResource): Promise<GroupJudgement> {
    const { world, clients } = this.#parts;
    const { name } = group.spec.clusterRef;
    const topicName = (topicId: string): string =>
      world.assignmentIndex.ofTopic(topicId as never)[0]?.spec.topicName ?? topicId;
    const problem = (reason: string, message: string): GroupJudgement => ({
      description: undefined,
      topicName,
      problem: { reason, message },
      reset: undefined,
    });
    const rival = this.#olderRival(group);
    if (rival !== undefined) {
      return problem(
        'ResourceConflict',
        `the ConsumerGroup ${rival}, which is older, is the group ${groupIdOf(group)} already: delete this one`,
      );
    }
    if (world.clusters.get(name) === undefined) {
      return problem('ClusterMissing', `there is no Cluster ${name} in this namespace: make it`);
    }
    const client = clients.of(name);
    if (client === undefined) return problem('NoBroker', `no broker of ${name} is live`);
    try {
      if (!isPaused(group)) await this.#declare(client, group);
      const description = await client.groupAdmin.describeGroup(groupIdOf(group));
      const reset = isPaused(group) ? undefined : await resetGroup(client, group);
      return { description, topicName, problem: undefined, reset };
    } catch (thrown) {
      const { code, message } = toMillraceError(thrown);
      return problem(code, `the coordinator does not take it: ${message}`);
    }
  }

  /** Again and again: a coordinator that has it does nothing. */
  async #declare(client: Millrace, group: ConsumerGroupResource): Promise<void> {
    const { uid, generation } = group.metadata;
    const groupId = groupIdOf(group);
    const isDeletedWithResource = group.spec.deletionPolicy === 'Delete';
    const row = { uid, groupId, isDeletedWithResource };
    await this.#parts.declared.add(group.spec.clusterRef.name, row);
    const spec = groupDeclaration(group.spec);
    await client.groupAdmin.declareGroup(groupId, { uid, generation, spec });
  }

  #olderRival(group: ConsumerGroupResource): string | undefined {
    const { world } = this.#parts;
    const age = ({ metadata }: ConsumerGroupResource): string =>
      `${metadata.creationTimestamp}/${metadata.uid}`;
    return world
      .groupsOf(group.spec.clusterRef.name)
      .filter((other) => groupIdOf(other) === groupIdOf(group))
      .find((other) => age(other) < age(group))?.metadata.name;
  }
}
