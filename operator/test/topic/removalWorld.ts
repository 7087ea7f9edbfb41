/** A namespace in memory, its API server, and a clock, for TopicRemoval and TopicReconciler. */
import type { ClusterResource } from '@millrace/core/resources/custom/clusterResource';
import type { AssignmentResource } from '@millrace/core/resources/custom/internalResources';
import { CLUSTER_LABEL } from '@millrace/core/resources/custom/resourceNames';
import type { TopicResource } from '@millrace/core/resources/custom/topicResource';
import type { AssignmentSpec } from '@millrace/core/resources/partitionAssignment';
import { KubeError } from '@millrace/kube/kubeError';
import type { Logger } from '../../src/logger.ts';
import { TopicRemoval } from '../../src/topic/topicRemoval.ts';
import { AssignmentIndex } from '../../src/world/assignmentIndex.ts';
import type { World } from '../../src/world/world.ts';
import { assignment, broker, cluster, TOPIC_ID, topic } from './topicWorld.ts';

export class RemovalWorld {
  nowMs = 0;
  isKindGood = true;
  hasCluster = true;
  readonly notes: string[] = [];
  /** By name: what the API server has, and the copy. */
  readonly topics = new Map<string, TopicResource>();
  readonly clusters = new Map<string, ClusterResource>();
  readonly assignments = new Map<string, AssignmentResource>();
  readonly index = new AssignmentIndex((name, cause) => {
    throw new Error(`${name}: ${cause}`);
  });
  readonly world: World;
  readonly removal: TopicRemoval;

  constructor() {
    const { topics, clusters } = this;
    const refuse = (): void => {
      if (this.isKindGood) return;
      throw new KubeError('not-found', 'no such kind', { outcome: 'not-applied', status: 404 });
    };
    this.world = {
      namespace: 'n',
      topics: { list: () => topics.values(), get: (name: string) => topics.get(name) },
      clusters,
      assignments: this.assignments,
      assignmentIndex: this.index,
      topicById: (id: string) => [...topics.values()].find(({ status }) => status?.topicId === id),
      client: {
        connection: { call: async () => refuse() },
        get: async (_: unknown, __: string, name: string) => topics.get(name),
        list: async () => {
          refuse();
          return { items: [...topics.values()], resourceVersion: '1' };
        },
      },
      writeAssignment: async (object: AssignmentResource) => this.put(object),
      writeTopicStatus: async (object: TopicResource) => {
        topics.set(object.metadata.name, object);
        return object;
      },
      brokersOf: () => [broker(0), broker(1), broker(2)],
      rivalsOf: () => [],
      knownCluster: () => (this.hasCluster ? cluster() : undefined),
    } as unknown as World;
    this.removal = new TopicRemoval({
      world: this.world,
      logger: { info() {}, warn() {}, debug() {}, error() {} } as unknown as Logger,
      monotonicMs: () => this.nowMs,
      onHeld: (_, note) => this.notes.push(note),
    });
  }

  put(object: AssignmentResource): void {
    this.assignments.set(object.metadata.name, object);
    this.index.set(object.metadata.name, object);
  }

  /** Of the topic `orders` unless `given` says another. */
  assign(given: Partial<AssignmentSpec> = {}): void {
    const { name, spec } = assignment([[0, 1, 2]], given);
    const labels = { [CLUSTER_LABEL]: 'mill' };
    this.put({ metadata: { name, namespace: 'n', labels }, spec } as unknown as AssignmentResource);
  }

  /** With an assignment, and gone again. */
  deleted(given: Partial<TopicResource['spec']> = {}, annotations: Record<string, string> = {}) {
    this.assign();
    const of = topic(given, { topicId: TOPIC_ID });
    this.removal.gone({ ...of, metadata: { ...of.metadata, annotations } }, true);
  }

  get spec(): AssignmentSpec | undefined {
    return this.index.ofTopic(TOPIC_ID)[0]?.spec;
  }

  get isBuried(): boolean {
    return this.index.ofTopic(TOPIC_ID).every(({ spec }) => spec.deleted);
  }

  /** Looks as the queue would, until it needs no look any more or `forMs` have passed; milliseconds that passed. */
  async pass(forMs: number): Promise<number> {
    const fromMs = this.nowMs;
    for (;;) {
      const waitMs = await this.removal.reconcile(TOPIC_ID);
      const leftMs = fromMs + forMs - this.nowMs;
      if (waitMs === undefined || leftMs <= 0) return this.nowMs - fromMs;
      this.nowMs += Math.min(waitMs, leftMs);
    }
  }
}
