/** One release of the chart in a namespace of its own, and what a scenario asks of it. Gone when the test is over. */
import path from 'node:path';
import type { TestContext } from 'node:test';
import { ClusterAccess } from '@millrace/kube/clusterAccess';
import { KubeClient } from '@millrace/kube/kubeClient';
import { KubeConnection } from '@millrace/kube/kubeConnection';
import { NAMESPACES, NODES, PODS } from '@millrace/kube/resource';
import { diagnose } from './diagnosis.ts';
import { becomesTrue, eventually } from './eventually.ts';
import {
  type Assignment,
  ASSIGNMENTS,
  CLUSTERS,
  type Conditioned,
  isPodReady,
  isReady,
  type Pod,
  restartsOf,
  TOPICS,
} from './millraceObjects.ts';
import { REPOSITORY, run } from './program.ts';
import { needsOwnNodes, testNodes } from './testNodes.ts';

export const CLUSTER_NAME = 'millrace';
const READY_MS_MAX = 240_000;
/** A share of the machine beside the programs of Kubernetes itself, which on a test cluster have no limits. */
const SHARES = {
  'cluster.spec.brokers.resources.requests.cpu': '600m',
  'operator.resources.requests.cpu': '200m',
};
const CHART = path.join(REPOSITORY, 'helm/millrace');
export const IMAGE = process.env.E2E_IMAGE ?? 'docker.io/millrace/millrace:0.1.0';

export class Installation {
  readonly namespace: string;
  readonly kube: KubeClient;
  /** What `helm install` said, and how long it took. */
  notes = '';

  private constructor(namespace: string, kube: KubeClient) {
    this.namespace = namespace;
    this.kube = kube;
  }

  /** `values`: as of `helm install --set`. Resolves when Helm returns: nothing needs to be ready. */
  static async begin(
    test: TestContext,
    name: string,
    values: Readonly<Record<string, string | number | boolean>> = {},
  ): Promise<Installation> {
    const kube = new KubeClient(new KubeConnection(ClusterAccess.default()));
    const installation = new Installation(`e2e-${name}`, kube);
    test.afterEach(async ({ error }) => {
      if (error !== null) await diagnose(installation).catch(console.error);
    });
    test.after(async () => {
      if (test.error !== null) await diagnose(installation).catch(console.error);
      await installation.remove();
      await kube.connection.close();
    });
    // Of a run that was killed.
    await installation.remove();
    await kube.create(NAMESPACES, '', {
      metadata: {
        name: installation.namespace,
        // Whatever the chart makes must be admitted under the strictest standard.
        labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      },
    });
    await installation.helm('install', values);
    return installation;
  }

  /** The same, and waits until the cluster is whole. */
  static async whole(
    test: TestContext,
    name: string,
    values: Readonly<Record<string, string | number | boolean>> = {},
  ): Promise<Installation> {
    const installation = await Installation.begin(test, name, values);
    await installation.isWhole();
    return installation;
  }

  async helm(
    command: 'install' | 'upgrade',
    values: Readonly<Record<string, string | number | boolean>> = {},
  ): Promise<void> {
    const [repository = '', tag = ''] = IMAGE.split(/:(?=[^/]*$)/);
    const sets = Object.entries({
      'image.repository': repository,
      'image.tag': tag,
      ...SHARES,
      ...values,
    });
    this.notes = await run('helm', [
      command,
      CLUSTER_NAME,
      CHART,
      '--namespace',
      this.namespace,
      ...sets.flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ]);
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return run('kubectl', ['--namespace', this.namespace, ...args], { timeoutMs: 180_000 });
  }

  /** All brokers are ready, and so says the Cluster. */
  async isWhole(brokers = 3, withinMs = READY_MS_MAX): Promise<void> {
    const all = async (): Promise<boolean> => {
      const pods = await this.brokers();
      if (pods.length !== brokers || !pods.every(isPodReady)) return false;
      return isReady(await this.kube.get<Conditioned>(CLUSTERS, this.namespace, CLUSTER_NAME));
    };
    await becomesTrue(`${brokers} ready brokers`, all, withinMs);
  }

  /** Every partition of the topic has a leader and `copies` copies in sync. */
  async isInSync(topic: string, copies = 3, withinMs = READY_MS_MAX): Promise<void> {
    const all = async (): Promise<boolean> => {
      const partitions = await this.partitions(topic);
      return (
        partitions.length > 0 &&
        partitions.every(({ leader, isr }) => leader !== null && isr.length === copies)
      );
    };
    await becomesTrue(`${copies} copies of ${topic} in sync`, all, withinMs);
  }

  async brokers(): Promise<Pod[]> {
    const labelSelector = 'app.kubernetes.io/component=broker';
    const { items } = await this.kube.list<Pod>(PODS, this.namespace, { labelSelector });
    return items.toSorted((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
  }

  async broker(id: number): Promise<Pod> {
    const name = `${CLUSTER_NAME}-broker-${id}`;
    const pod = await this.kube.get<Pod>(PODS, this.namespace, name);
    if (pod === undefined) throw new Error(`there is no pod ${name}`);
    return pod;
  }

  /** Does `harm` to brokers, and waits until their containers have started anew and all is whole. */
  async afterRestartOf(ids: readonly number[], harm: () => Promise<unknown>): Promise<void> {
    const restarts = async (): Promise<number[]> =>
      (await Promise.all(ids.map((id) => this.broker(id)))).map(restartsOf);
    const before = await restarts();
    await harm();
    const areNew = async (): Promise<boolean> =>
      (await restarts()).every((count, index) => count > (before[index] ?? 0));
    await becomesTrue(`brokers ${ids.join(', ')} started again`, areNew, READY_MS_MAX);
    await this.isWhole();
  }

  async partitions(topic: string) {
    const { items } = await this.kube.list<Assignment>(ASSIGNMENTS, this.namespace);
    return items
      .filter(({ spec }) => spec.topicName === topic)
      .flatMap(({ status }) => status?.partitions ?? []);
  }

  async leaderOf(topic: string, partition: number): Promise<number> {
    return eventually(
      `a leader of ${topic} ${partition}`,
      async () => {
        const found = (await this.partitions(topic)).find(({ p }) => p === partition);
        return found?.leader == null ? undefined : Number(found.leader.split(':')[0]);
      },
      30_000,
    );
  }

  async applyTopic(name: string, spec: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const whole = { clusterRef: { name: CLUSTER_NAME }, ...spec };
    await this.kube.apply<Conditioned>(
      TOPICS,
      this.namespace,
      { metadata: { name }, spec: whole },
      { fieldManager: 'e2e' },
    );
  }

  topic(name: string): Promise<Conditioned | undefined> {
    return this.kube.get<Conditioned>(TOPICS, this.namespace, name);
  }

  /** Applies it and waits until it is ready; milliseconds from the one to the other. */
  async makeTopic(name: string, spec: Readonly<Record<string, unknown>> = {}): Promise<number> {
    const startMs = performance.now();
    await this.applyTopic(name, spec);
    await becomesTrue(
      `topic ${name} is ready`,
      async () => isReady(await this.topic(name)),
      60_000,
    );
    return performance.now() - startMs;
  }

  /** A line each, by the command line in a broker's pod. */
  async produce(topic: string, values: readonly string[]): Promise<void> {
    const script = `
      import { Millrace } from '/app/client/src/millrace.ts';
      const client = new Millrace({ server: '127.0.0.1:7071' });
      const producer = client.producer({});
      const values = JSON.parse(process.argv[1]);
      await Promise.all(values.map((value) => producer.send({ topic: process.argv[2], value })));
      process.exit(0);`;
    await this.#inBroker(
      'node',
      '--input-type=module',
      '-e',
      script,
      JSON.stringify(values),
      topic,
    );
  }

  /** Values of all records, in no order. */
  async consume(topic: string): Promise<string[]> {
    const lines = await this.#inBroker('millrace', 'consume', topic, '-e');
    return lines.split('\n').filter((line) => line !== '');
  }

  #inBroker(...command: readonly string[]): Promise<string> {
    return this.kubectl('exec', `${CLUSTER_NAME}-broker-0`, '--', ...command);
  }

  /** Asks for a restart of all brokers, and waits until each has a new pod and all is whole. */
  async restartsInOrder(): Promise<void> {
    const before = new Set((await this.brokers()).map(({ metadata }) => metadata.uid));
    const annotations = { 'millrace.dev/restart': new Date().toISOString() };
    await this.kube.mergePatch(CLUSTERS, this.namespace, CLUSTER_NAME, {
      metadata: { annotations },
    });
    const areNew = async (): Promise<boolean> => {
      const pods = await this.brokers();
      return pods.length === before.size && pods.every(({ metadata }) => !before.has(metadata.uid));
    };
    await becomesTrue('every broker has a new pod', areNew, 240_000);
    await this.isWhole(before.size);
  }

  async nodes(): Promise<string[]> {
    const { items } = await this.kube.list(NODES, '');
    return items.map(({ metadata }) => metadata.name).toSorted();
  }

  /** Milliseconds until the namespace was gone. */
  async remove(): Promise<number> {
    const startMs = performance.now();
    const exists = await this.kube.delete(NAMESPACES, '', this.namespace);
    if (exists) {
      const isGone = async (): Promise<boolean> =>
        (await this.kube.get(NAMESPACES, '', this.namespace)) === undefined;
      await becomesTrue(`namespace ${this.namespace} is gone`, isGone, 120_000);
    }
    const tookMs = performance.now() - startMs;
    if (needsOwnNodes === false) await testNodes.recycleVolumes();
    return tookMs;
  }
}
