/**
 * All that the operator knows of its namespace: copies that follow the API server, and which objects concern one
 * another. A change enqueues keys, never acts: reconcilers read the state.
 */
import type { BrokerId, ClusterId } from '@millrace/core/ids';
import { isInternalTopicName } from '@millrace/core/topicName';
import { parseBrokerSpec, parseBrokerStatus } from '@millrace/core/resources/broker';
import { parseClusterStateSpec } from '@millrace/core/resources/clusterState';
import type { ClusterResource } from '@millrace/core/resources/custom/clusterResource';
import type { ConsumerGroupResource } from '@millrace/core/resources/custom/consumerGroupResource';
import type {
  AssignmentResource,
  BrokerResource,
  ClusterStateResource,
} from '@millrace/core/resources/custom/internalResources';
import { CLUSTER_LABEL, clusterStateName } from '@millrace/core/resources/custom/resourceNames';
import type { TopicResource } from '@millrace/core/resources/custom/topicResource';
import type { KubeClient } from '@millrace/kube/kubeClient';
import { isKubeError } from '@millrace/kube/kubeError';
import type { KubeObject } from '@millrace/kube/kubeObject';
import {
  CONFIG_MAPS,
  DISRUPTION_BUDGETS,
  PODS,
  type Resource,
  SERVICES,
  STATEFUL_SETS,
} from '@millrace/kube/resource';
import type { Logger } from '../logger.ts';
import { rivalKey } from '../topic/topicShape.ts';
import type { KnownCluster } from '../topic/topicView.ts';
import { AssignmentIndex } from './assignmentIndex.ts';
import type { KnownBroker } from './brokerLoads.ts';
import { FreshObjects, type FreshObjectsParts } from './freshObjects.ts';
import {
  ASSIGNMENTS,
  BROKERS,
  CLUSTER_STATES,
  CLUSTERS,
  CONSUMER_GROUPS,
  TOPICS,
} from './kubeKinds.ts';
import { KeyIndex } from './keyIndex.ts';
import type { PodObject, StatefulSetObject } from './podObjects.ts';

/** What to look at. Names are of resources, but for a topicId. */
export interface WorldListener {
  cluster(name: string): void;
  topic(name: string): void;
  /** Assignments that no Topic has claimed. */
  unclaimed(topicId: string): void;
  group(name: string): void;
  /** It was there, and is gone: what it was. `isSeen`: by an event, not by its absence from a listing. */
  topicGone(topic: TopicResource, isSeen: boolean): void;
  groupGone(group: ConsumerGroupResource, isSeen: boolean): void;
}

export interface WorldParts {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly logger: Logger;
  readonly listener: WorldListener;
}

const MANAGED = 'app.kubernetes.io/managed-by=millrace-operator';

export class World {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly clusters: FreshObjects<ClusterResource>;
  readonly topics: FreshObjects<TopicResource>;
  readonly groups: FreshObjects<ConsumerGroupResource>;
  readonly assignments: FreshObjects<AssignmentResource>;
  readonly brokers: FreshObjects<BrokerResource>;
  readonly states: FreshObjects<ClusterStateResource>;
  readonly statefulSets: FreshObjects<StatefulSetObject>;
  readonly services: FreshObjects<KubeObject>;
  readonly configMaps: FreshObjects<KubeObject>;
  readonly budgets: FreshObjects<KubeObject>;
  readonly pods: FreshObjects<PodObject>;
  readonly assignmentIndex: AssignmentIndex;
  readonly #rivals = new KeyIndex();
  readonly #topicsById = new KeyIndex();
  readonly #parts: WorldParts;

  constructor(parts: WorldParts) {
    this.#parts = parts;
    const { client, namespace, listener } = parts;
    this.client = client;
    this.namespace = namespace;
    this.assignmentIndex = new AssignmentIndex((name, cause) =>
      parts.logger.error('an assignment cannot be read', { name, cause }),
    );
    this.clusters = this.#follow<ClusterResource>(CLUSTERS, undefined, (name) => {
      listener.cluster(name);
      this.topicsOf(name).forEach((topic) => listener.topic(topic.metadata.name));
      for (const group of this.groupsOf(name)) listener.group(group.metadata.name);
    });
    this.topics = this.#follow<TopicResource>(TOPICS, undefined, (name, before, now, isListed) =>
      this.#topicChanged(name, before, now, !isListed),
    );
    this.groups = this.#follow<ConsumerGroupResource>(
      CONSUMER_GROUPS,
      undefined,
      (name, before, now, isListed) => {
        listener.group(name);
        const isOther = now === undefined || now.metadata.uid !== before?.metadata.uid;
        if (before !== undefined && isOther) listener.groupGone(before, !isListed);
      },
    );
    this.assignments = this.#follow<AssignmentResource>(ASSIGNMENTS, undefined, (name) =>
      this.#assignmentChanged(name),
    );
    this.brokers = this.#follow<BrokerResource>(BROKERS, undefined, (_, before, now) => {
      const cluster = clusterOf(now ?? before);
      listener.cluster(cluster);
      this.#placementChanged(cluster);
    });
    const ofCluster = (_: string, before: KubeObject | undefined, now: KubeObject | undefined) =>
      listener.cluster(clusterOf(now ?? before));
    this.states = this.#follow<ClusterStateResource>(CLUSTER_STATES, undefined, (name) => {
      listener.cluster(name);
      this.topicsOf(name).forEach((topic) => listener.topic(topic.metadata.name));
    });
    this.statefulSets = this.#follow(STATEFUL_SETS, MANAGED, ofCluster);
    this.services = this.#follow(SERVICES, MANAGED, ofCluster);
    this.configMaps = this.#follow(CONFIG_MAPS, MANAGED, ofCluster);
    this.budgets = this.#follow(DISRUPTION_BUDGETS, MANAGED, ofCluster);
    this.pods = this.#follow<PodObject>(PODS, MANAGED, ofCluster);
  }

  get #all(): readonly FreshObjects<never>[] {
    const { clusters, topics, groups, assignments, brokers, states } = this;
    const { statefulSets, services, configMaps, budgets, pods } = this;
    const custom = [clusters, topics, groups, assignments, brokers, states];
    return [...custom, statefulSets, services, configMaps, budgets, pods] as never;
  }

  get synced(): Promise<unknown> {
    return Promise.all(this.#all.map((objects) => objects.synced));
  }

  /** Of the copy that has heard nothing for longest, in milliseconds. */
  get silentMs(): number {
    return Math.max(...this.#all.map((objects) => objects.silentMs));
  }

  stop(): void {
    for (const objects of this.#all) objects.stop();
  }

  prune(): void {
    for (const objects of this.#all) objects.prune();
  }

  topicsOf(cluster: string): TopicResource[] {
    return [...this.topics.list()].filter(({ spec }) => spec.clusterRef.name === cluster);
  }

  groupsOf(cluster: string): ConsumerGroupResource[] {
    return [...this.groups.list()].filter(({ spec }) => spec.clusterRef.name === cluster);
  }

  podsOf(cluster: string): PodObject[] {
    return [...this.pods.list()].filter((pod) => clusterOf(pod) === cluster);
  }

  /** That has claimed this id. */
  topicById(topicId: string): TopicResource | undefined {
    const [name] = this.#topicsById.of(topicId);
    return name === undefined ? undefined : this.topics.get(name);
  }

  rivalsOf(topic: TopicResource): TopicResource[] {
    const names = this.#rivals.of(rivalKey(topic));
    return names.flatMap((name) => {
      const rival = name === topic.metadata.name ? undefined : this.topics.get(name);
      return rival === undefined ? [] : [rival];
    });
  }

  knownCluster(name: string): KnownCluster | undefined {
    const cluster = this.clusters.get(name);
    if (cluster === undefined) return undefined;
    return { name, clusterId: this.clusterId(name), spec: cluster.spec };
  }

  /** Of its ClusterState, which outlives the Cluster. Throws CORRUPT_STATE. */
  clusterId(name: string): ClusterId | undefined {
    const state = this.states.get(clusterStateName(name));
    return state === undefined ? undefined : parseClusterStateSpec(state.spec).clusterId;
  }

  /** By id. Those that cannot be read are left out. */
  brokersOf(cluster: string): KnownBroker[] {
    const known: KnownBroker[] = [];
    for (const object of this.brokers.list()) {
      const id = clusterOf(object) === cluster ? idOf(object, cluster) : undefined;
      if (id === undefined) continue;
      try {
        const status = object.status === undefined ? undefined : parseBrokerStatus(object.status);
        known.push({ id, spec: parseBrokerSpec(object.spec), status });
      } catch (error) {
        this.#parts.logger.error('a broker cannot be read', {
          name: object.metadata.name,
          cause: String(error),
        });
      }
    }
    return known.toSorted((left, right) => left.id - right.id);
  }

  /** Past all copies. */
  async readAssignments(): Promise<AssignmentIndex> {
    const { items } = await this.client.list<AssignmentResource>(ASSIGNMENTS, this.namespace);
    const index = new AssignmentIndex((name, cause) =>
      this.#parts.logger.error('an assignment cannot be read', { name, cause }),
    );
    for (const object of items) index.set(object.metadata.name, object);
    return index;
  }

  async writeAssignment(object: AssignmentResource, verb: 'create' | 'put'): Promise<void> {
    const { name } = (await this.assignments[verb](object)).metadata;
    // Not the answer: the watch may have brought something newer before it.
    this.assignmentIndex.set(name, this.assignments.get(name));
  }

  /** Known by its id at once: its assignments come before the watch tells of it. */
  async writeTopicStatus(topic: TopicResource): Promise<TopicResource> {
    const written = await this.topics.putStatus(topic);
    const { name } = written.metadata;
    this.#topicsById.set(name, this.topics.get(name)?.status?.topicId);
    return written;
  }

  #follow<T extends KubeObject>(
    of: Resource,
    labelSelector: string | undefined,
    onChanged: FreshObjectsParts<T>['onChanged'],
  ): FreshObjects<T> {
    const { client, namespace, logger } = this.#parts;
    return new FreshObjects<T>({
      client,
      of,
      namespace,
      ...(labelSelector === undefined ? {} : { labelSelector }),
      onChanged,
      onFailed: (plural, cause) => {
        // Quiet watches are renewed; a real outage is told by the Lease and by the metric of silence.
        const level = isKubeError(cause, 'forbidden') ? 'warn' : 'debug';
        logger[level]('a watch begins anew', { plural, cause: cause.message });
      },
    });
  }

  #topicChanged(
    name: string,
    before: TopicResource | undefined,
    now: TopicResource | undefined,
    isSeen: boolean,
  ): void {
    const { listener } = this.#parts;
    this.#rivals.set(name, now === undefined ? undefined : rivalKey(now));
    this.#topicsById.set(name, now?.status?.topicId);
    listener.topic(name);
    const isOther = now === undefined || now.metadata.uid !== before?.metadata.uid;
    if (before === undefined || !isOther) return;
    for (const rival of this.#rivals.of(rivalKey(before))) listener.topic(rival);
    listener.topicGone(before, isSeen);
  }

  #assignmentChanged(name: string): void {
    const { listener } = this.#parts;
    const { before, now } = this.assignmentIndex.set(name, this.assignments.get(name));
    const known = now ?? before;
    if (known === undefined) return;
    const topic = this.topicById(known.spec.topicId);
    if (topic === undefined) listener.unclaimed(known.spec.topicId);
    else listener.topic(topic.metadata.name);
    // Whether a broker that is to go is empty.
    if (this.#isScaling(known.cluster)) listener.cluster(known.cluster);
  }

  #isScaling(cluster: string): boolean {
    return this.brokersOf(cluster).some(({ spec }) => spec.draining);
  }

  #placementChanged(cluster: string): void {
    const { listener } = this.#parts;
    const isDraining = this.#isScaling(cluster);
    for (const topic of this.topicsOf(cluster)) {
      const ready = topic.status?.conditions?.find(({ type }) => type === 'Ready');
      if (isDraining || ready?.status !== 'True') listener.topic(topic.metadata.name);
    }
    for (const { spec } of this.assignmentIndex.ofCluster(cluster)) {
      if (isInternalTopicName(spec.topicName)) listener.unclaimed(spec.topicId);
    }
  }
}

export function clusterOf(object: KubeObject | undefined): string {
  return object?.metadata.labels?.[CLUSTER_LABEL] ?? '';
}

function idOf(object: KubeObject, cluster: string): BrokerId | undefined {
  const digits = object.metadata.name.slice(cluster.length + 1);
  return /^(0|[1-9]\d{0,9})$/.test(digits) ? (Number(digits) as BrokerId) : undefined;
}
