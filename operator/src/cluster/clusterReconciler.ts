/** One Cluster: its objects, its identity, its brokers' restarts and number, its status. */
import { type BrokerId, newClusterId, type ClusterId } from '@millrace/core/ids';
import type {
  ClusterResource,
  ClusterStatus,
} from '@millrace/core/resources/custom/clusterResource';
import {
  brokersName,
  CLUSTER_LABEL,
  clusterStateName,
  SKIP_SCALEDOWN_CHECK_ANNOTATION,
} from '@millrace/core/resources/custom/resourceNames';
import { FEATURE_LEVEL } from '@millrace/core/resources/clusterState';
import type { ClusterStateResource } from '@millrace/core/resources/custom/internalResources';
import { podView } from '../rolling/podView.ts';
import type { Replacing } from '../rolling/replacing.ts';
import type { Rolling } from '../rolling/rolling.ts';
import type { OperatorEvents } from '../operatorEvents.ts';
import type { AssignmentIndex } from '../world/assignmentIndex.ts';
import type { KnownBroker } from '../world/brokerLoads.ts';
import { isSame } from '../world/covers.ts';
import { CLUSTERS } from '../world/kubeKinds.ts';
import { isPaused } from '../world/pausing.ts';
import type { StatefulSetObject } from '../world/podObjects.ts';
import type { World } from '../world/world.ts';
import type { BrokerMarks } from './brokerMarks.ts';
import { ClusterProblem } from './clusterProblem.ts';
import { type ClusterJudgement, clusterStatus } from './clusterStatus.ts';
import type { ClusterView } from './clusterView.ts';
import { planIdentity } from './clusterIdentity.ts';
import { brokerConfigMap, type ConfigMapObject } from './configMap.ts';
import { disruptionBudget } from './disruptionBudget.ts';
import { ensureOwned } from './ownedObjects.ts';
import { revisionOf } from './revision.ts';
import { planScale, type ScalePlan } from './scalePlan.ts';
import { clientService, headlessService } from './services.ts';
import { brokerStatefulSet } from './statefulSet.ts';

/** What waits for brokers is looked at again, should a watch have missed something. */
const WAITING_MS = 5000;

const REPLACING = {
  reason: 'Replacing',
  message: 'a broker waits for its new disk: its events say for what',
};

export interface ClusterReconcilerParts {
  readonly world: World;
  readonly rolling: Rolling;
  readonly replacing: Replacing;
  readonly events: OperatorEvents;
  readonly marks: BrokerMarks;
  readonly brokerImage: string;
  readonly brokerServiceAccount: string;
  readonly randomBytes: (count: number) => Uint8Array;
  /** RFC 3339. */
  readonly now: () => string;
}

export class ClusterReconciler {
  readonly #parts: ClusterReconcilerParts;

  constructor(parts: ClusterReconcilerParts) {
    this.#parts = parts;
  }

  async reconcile(name: string): Promise<number | undefined> {
    const { world } = this.#parts;
    const cluster = world.clusters.get(name);
    if (cluster === undefined || cluster.metadata.deletionTimestamp !== undefined) return undefined;
    let judgement = this.#judgement(cluster);
    try {
      if (!judgement.isPaused) judgement = await this.#bringAbout(cluster, judgement);
    } catch (thrown) {
      if (!(thrown instanceof ClusterProblem)) throw thrown;
      judgement = { ...judgement, problem: thrown };
    }
    await this.#tell(cluster, judgement);
    const isWaiting = judgement.roll.kind !== 'done' || judgement.scaling !== undefined;
    return isWaiting ? WAITING_MS : undefined;
  }

  #judgement(cluster: ClusterResource): ClusterJudgement {
    const { world } = this.#parts;
    const { name } = cluster.metadata;
    const pods = world.podsOf(name).flatMap((pod) => podView(pod, name) ?? []);
    const statefulSet = world.statefulSets.get(brokersName(name));
    const brokers = world.brokersOf(name);
    const live = brokers.filter(({ status }) => status?.fenced === false).map(({ id }) => id);
    return {
      clusterId: world.clusterId(name),
      image: imageOf(statefulSet),
      pods: pods.toSorted((left, right) => left.id - right.id),
      revision: undefined,
      replicas: statefulSet?.spec?.replicas ?? cluster.spec.brokers.replicas,
      live: new Set(live),
      featureLevel: world.states.get(clusterStateName(name))?.status?.featureLevel,
      roll: { kind: 'done' },
      scaling: undefined,
      problem: undefined,
      isPaused: isPaused(cluster),
    };
  }

  async #bringAbout(
    cluster: ClusterResource,
    judgement: ClusterJudgement,
  ): Promise<ClusterJudgement> {
    const { world, rolling, marks, brokerImage, brokerServiceAccount } = this.#parts;
    const { name } = cluster.metadata;
    const { brokers } = cluster.spec;
    const clusterId = await this.#identity(cluster);
    const statefulSet = world.statefulSets.get(brokersName(name));
    const scale = await this.#scale(cluster, statefulSet);
    // First of all: what is to go takes nothing new.
    await marks.mark(name, scale, brokers.replicas);
    const view: ClusterView = {
      cluster,
      clusterId,
      replicas: scale.replicas,
      // What the operator is upgraded to is no reason to restart brokers: the image that they have stays.
      image: cluster.spec.image ?? imageOf(statefulSet) ?? brokerImage,
      serviceAccountName: brokers.serviceAccountName ?? brokerServiceAccount,
    };
    await ensureOwned(world, world.configMaps, cluster, brokerConfigMap(view));
    await ensureOwned(world, world.services, cluster, headlessService(view));
    await ensureOwned(world, world.services, cluster, clientService(view));
    await ensureOwned(world, world.budgets, cluster, disruptionBudget(view));
    await ensureOwned(world, world.statefulSets, cluster, brokerStatefulSet(view));
    const revision = revisionOf(view);
    const roll = await rolling.step(cluster, {
      pods: judgement.pods,
      replicas: scale.replicas,
      revision,
    });
    const isReplacing = await this.#parts.replacing.step(cluster);
    await this.#raiseFeatureLevel(cluster);
    const { image } = view;
    const scaling = scale.waiting ?? (isReplacing ? REPLACING : undefined);
    return { ...judgement, clusterId, image, revision, roll, scaling };
  }

  /** Of the ClusterState: made before any pod, and there after the Cluster. */
  async #identity(cluster: ClusterResource): Promise<ClusterId> {
    const { world, randomBytes } = this.#parts;
    const { name, namespace } = cluster.metadata;
    const asked = cluster.spec.clusterId;
    const kept = world.clusterId(name);
    if (kept !== undefined) {
      return planIdentity({ cluster: name, asked, kept, named: [], unreadable: [] }) ?? kept;
    }
    const index = await world.readAssignments();
    const live = await world.client.get<ClusterResource>(CLUSTERS, world.namespace, name);
    const settings = world.configMaps.get(brokersName(name)) as
      | Partial<ConfigMapObject>
      | undefined;
    const named = [
      cluster.status?.clusterId,
      live?.status?.clusterId,
      settings?.data?.MILLRACE_CLUSTER_ID,
      ...index.specsOf(name).map(({ clusterId }) => clusterId),
    ].filter((id) => id !== undefined);
    const unreadable = index.unreadableOf(name);
    const clusterId =
      planIdentity({ cluster: name, asked, kept, named, unreadable }) ??
      newClusterId(randomBytes(16));
    const labels = { [CLUSTER_LABEL]: name };
    const metadata = { name: clusterStateName(name), namespace, labels };
    const spec = { clusterId, featureLevel: FEATURE_LEVEL };
    await world.states.create({ metadata, spec } as unknown as ClusterStateResource);
    return clusterId;
  }

  async #scale(
    cluster: ClusterResource,
    statefulSet: StatefulSetObject | undefined,
  ): Promise<ScalePlan> {
    const { world } = this.#parts;
    const { name, annotations } = cluster.metadata;
    const wanted = cluster.spec.brokers.replicas;
    const current = statefulSet?.spec?.replicas;
    const isUnchecked = annotations?.[SKIP_SCALEDOWN_CHECK_ANNOTATION] === 'true';
    const brokers = world.brokersOf(name);
    const staying = brokers.filter(
      ({ id, spec, status }) => id < wanted && status?.fenced === false && !spec.cordoned,
    );
    const planBy = (index: AssignmentIndex): ScalePlan =>
      planScale({
        wanted,
        current,
        assignments: [...index.ofCluster(name), ...index.ofCluster('')],
        unreadable: index.unreadableOf(name),
        cordoned: cordonedOf(brokers, wanted, current ?? wanted),
        staying: staying.length,
        isUnchecked,
      });
    const plan = planBy(world.assignmentIndex);
    const isFalling = current !== undefined && plan.replicas < current;
    // Past all copies, and after the cordon: what was placed meanwhile is seen.
    return isFalling && !isUnchecked ? planBy(await world.readAssignments()) : plan;
  }

  /** Once every broker can run at it. */
  async #raiseFeatureLevel(cluster: ClusterResource): Promise<void> {
    const { world } = this.#parts;
    const { name } = cluster.metadata;
    const state = world.states.get(clusterStateName(name));
    const brokers = world.brokersOf(name).filter(({ id }) => id < cluster.spec.brokers.replicas);
    if (state === undefined || brokers.length < cluster.spec.brokers.replicas) return;
    const level = Math.min(...brokers.map(({ status }) => status?.features.max ?? 0));
    if (level <= state.spec.featureLevel) return;
    await world.states.put({ ...state, spec: { ...state.spec, featureLevel: level } });
  }

  async #tell(cluster: ClusterResource, judgement: ClusterJudgement): Promise<void> {
    const { world, now } = this.#parts;
    const status = clusterStatus(cluster, judgement, now());
    if (isSame(cluster.status, status)) return;
    this.#sayFailures(cluster, status);
    await world.clusters.putStatus({ ...cluster, status });
  }

  /** An event for what was not in the status before. */
  #sayFailures(cluster: ClusterResource, status: ClusterStatus): void {
    const failed = (of: ClusterStatus | undefined): string | undefined =>
      of?.conditions?.find(({ type }) => type === 'BrokersFailed')?.message;
    const now = failed(status);
    if (now !== undefined && now !== failed(cluster.status)) {
      this.#parts.events.warn(cluster, 'BrokerFailed', 'Watching', now);
    }
  }
}

function imageOf(statefulSet: StatefulSetObject | undefined): string | undefined {
  return statefulSet?.spec?.template?.spec?.containers?.[0]?.image;
}

/** Of those that are to go; one that nobody ever heard of takes nothing either. */
function cordonedOf(
  brokers: readonly KnownBroker[],
  wanted: number,
  current: number,
): ReadonlySet<BrokerId> {
  const open = new Set(brokers.filter(({ spec }) => !spec.cordoned).map(({ id }) => id));
  const ids = Array.from({ length: Math.max(0, current - wanted) }, (_, at) => wanted + at);
  return new Set((ids as BrokerId[]).filter((id) => !open.has(id)));
}
