/** The clients of a scenario, seen from the test: a pod that runs load/main.ts. */
import assert from 'node:assert/strict';
import { objectPath, PODS } from '@millrace/kube/resource';
import type { LoadReport } from '../load/loadReport.ts';
import { assertWithin } from '../report/timeLimit.ts';
import { note } from '../report/scenarioNote.ts';
import { becomesTrue } from './eventually.ts';
import { CLUSTER_NAME, type Installation } from './installation.ts';

export interface LoadOptions {
  readonly partitions?: number;
  /** Records per second. */
  readonly rate?: number;
  /** A node that the scenario leaves alone. */
  readonly node?: string;
}

export interface Expected {
  /** Longest time without an acknowledgement in a partition since `mark`. */
  readonly gapMsMax: number;
  /** Records whose outcome is not `applied`; 0 unless given. */
  readonly failedSendsMax?: number;
}

const IMAGE = process.env.E2E_LOAD_IMAGE ?? 'docker.io/millrace/e2e:dev';
const END_MS_MAX = 180_000;
let loads = 0;

export class RunningLoad {
  readonly #installation: Installation;
  readonly #pod: string;
  /** Its own, with three replicas: what an earlier load wrote would be foreign to the checkers. */
  readonly topic: string;

  private constructor(installation: Installation, topic: string) {
    this.#installation = installation;
    this.topic = topic;
    this.#pod = `load-${topic}`;
  }

  /** Once their first records are acknowledged. */
  static async start(installation: Installation, options: LoadOptions = {}): Promise<RunningLoad> {
    const { partitions = 3, rate = 500 } = options;
    const topic = `events-${++loads}`;
    await installation.makeTopic(topic, { partitions, replicationFactor: 3 });
    await installation.isInSync(topic);
    const load = new RunningLoad(installation, topic);
    const { namespace, kube } = installation;
    await kube.create(
      PODS,
      namespace,
      pod(load.#pod, namespace, { topic, partitions, rate, ...options }),
    );
    await becomesTrue(
      'records are acknowledged',
      async () => (await load.state()).acknowledged > 100,
      60_000,
    );
    await load.mark();
    return load;
  }

  state(): Promise<{ readonly acknowledged: number; readonly waitingMs: number }> {
    return this.#ask('state', 5000);
  }

  /** Gaps count from now on. */
  async mark(): Promise<void> {
    await this.#ask('mark', 5000);
  }

  /** Every partition takes records again. */
  async goesOn(withinMs = 60_000): Promise<void> {
    await becomesTrue(
      'all partitions take records',
      async () => (await this.state()).waitingMs < 500,
      withinMs,
    );
  }

  /** Ends the clients, and fails the scenario for whatever a checker found, and for what was not expected. */
  async endsWell(scenario: string, expected: Expected): Promise<LoadReport> {
    const report: LoadReport = await this.#ask('end', END_MS_MAX);
    const wrong = report.verdicts.filter(({ count }) => count > 0);
    const failed = Object.values(report.sendErrors).reduce((sum, count) => sum + count, 0);
    note({
      scenario,
      acknowledged: report.acknowledged,
      failed,
      longestGapMs: report.longestGapMs,
      gapMsMax: expected.gapMsMax,
      wrong: wrong.length,
    });
    assert.deepEqual(wrong, [], 'the checkers');
    assert.ok(report.isComplete, 'the log could not be read to its end');
    assert.ok(
      failed <= (expected.failedSendsMax ?? 0),
      `${failed} failed sends: ${JSON.stringify(report.sendErrors)}`,
    );
    assertWithin('longest time without an acknowledgement', report.longestGapMs, expected.gapMsMax);
    await this.#installation.kube.delete(
      PODS,
      this.#installation.namespace,
      this.#pod,
      {},
      { gracePeriodSeconds: 0 },
    );
    return report;
  }

  async #ask<T>(what: string, deadlineMs: number): Promise<T> {
    const { kube, namespace } = this.#installation;
    const path = `${objectPath(PODS, namespace, `${this.#pod}:8080`, 'proxy')}/${what}`;
    return (await kube.connection.call({ method: 'GET', path, deadlineMs })) as T;
  }
}

function pod(
  name: string,
  namespace: string,
  options: { topic: string; partitions: number; rate: number; node?: string },
) {
  return {
    metadata: { name },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(options.node === undefined
        ? {}
        : { nodeSelector: { 'kubernetes.io/hostname': options.node } }),
      // Of a node that is gone for a while the clients are not what is tested.
      tolerations: [{ operator: 'Exists' }],
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10_001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'load',
          image: IMAGE,
          command: ['node', '/app/e2e/src/load/main.ts'],
          env: [
            { name: 'MILLRACE_SERVER', value: `${CLUSTER_NAME}.${namespace}.svc:7071` },
            { name: 'LOAD_TOPIC', value: options.topic },
            { name: 'LOAD_PARTITIONS', value: String(options.partitions) },
            { name: 'LOAD_RATE', value: String(options.rate) },
          ],
          resources: { requests: { cpu: '200m' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
        },
      ],
      volumes: [{ name: 'tmp', emptyDir: {} }],
    },
  };
}
