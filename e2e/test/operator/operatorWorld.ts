/** An API server with the kinds of Millrace, an operator process as it is started in its pod, and a stand-in controller. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Condition } from '@millrace/core/resources/custom/condition';
import type { KubeClient } from '@millrace/kube/kubeClient';
import type { KubeObject } from '@millrace/kube/kubeObject';
import type { Resource } from '@millrace/kube/resource';
import { ApiServer } from '../../src/apiServer.ts';
import { createNamespace, installResources } from '../../src/installedResources.ts';
import { CLUSTERS, TOPICS } from './kinds.ts';
import { StandInController } from './standInController.ts';

/** Generous: the machine may have other work. */
const BOUND_MS = 120_000;
const POLL_MS = 50;
const START = path.join(import.meta.dirname, '../../../operator/start.js');

export interface Seen extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: { readonly conditions?: readonly Condition[] } & Readonly<
    Record<string, unknown>
  >;
}

export interface OperatorProcess {
  readonly child: ChildProcess;
  readonly httpPort: number;
  log(): string;
}

export class OperatorWorld {
  readonly api: ApiServer;
  readonly client: KubeClient;
  readonly #operators = new Set<OperatorProcess>();
  readonly #controllers = new Set<StandInController>();

  private constructor(api: ApiServer) {
    this.api = api;
    this.client = api.client();
  }

  static async start(): Promise<OperatorWorld> {
    const world = new OperatorWorld(await ApiServer.start());
    await installResources(world.client);
    return world;
  }

  async close(): Promise<void> {
    for (const controller of this.#controllers) controller.stop();
    for (const operator of this.#operators) await this.kill(operator);
    await this.client.connection.close();
    await this.api.close();
  }

  /** With three brokers that exist in the API server alone. */
  async namespace(
    name: string,
    clusters: readonly string[] = ['mill'],
  ): Promise<StandInController> {
    await createNamespace(this.client, name);
    const controller = new StandInController(this.client, name);
    this.#controllers.add(controller);
    for (const cluster of clusters) {
      await this.create(CLUSTERS, name, cluster, {});
      for (const id of [0, 1, 2]) await controller.addBroker(cluster, id, `zone-${id}`);
    }
    return controller;
  }

  async operator(
    namespace: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<OperatorProcess> {
    let text = '';
    const child = spawn(process.execPath, [START], {
      env: {
        ...process.env,
        KUBECONFIG: this.api.kubeconfig,
        MILLRACE_NAMESPACE: namespace,
        MILLRACE_HOST: '127.0.0.1',
        MILLRACE_HTTP_PORT: '0',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
    const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    const { port } = JSON.parse(line.toString()) as { port: number };
    const operator = { child, httpPort: port, log: () => text };
    this.#operators.add(operator);
    return operator;
  }

  async kill(operator: OperatorProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child } = operator;
    this.#operators.delete(operator);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  create(of: Resource, namespace: string, name: string, spec: object): Promise<Seen> {
    return this.client.create<Seen>(of, namespace, { metadata: { name, namespace }, spec } as Seen);
  }

  async change(of: Resource, namespace: string, name: string, patch: object): Promise<void> {
    await this.client.mergePatch(of, namespace, name, patch);
  }

  topic(namespace: string, name: string, spec: object = {}): Promise<Seen> {
    return this.create(TOPICS, namespace, name, { clusterRef: { name: 'mill' }, ...spec });
  }

  async until<T extends KubeObject = Seen>(
    of: Resource,
    namespace: string,
    name: string,
    isSo: (object: T | undefined) => boolean,
  ): Promise<T> {
    const until = performance.now() + BOUND_MS;
    for (;;) {
      const object = await this.client.get<T>(of, namespace, name);
      if (isSo(object)) return object as T;
      if (performance.now() > until) {
        const logs = [...this.#operators].map((operator) => operator.log()).join('\n');
        assert.fail(`${of.kind} ${name} stays ${JSON.stringify(object, undefined, 1)}\n${logs}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Of the generation that is there. */
  untilReady(of: Resource, namespace: string, name: string, reason = 'Ready'): Promise<Seen> {
    return this.until<Seen>(of, namespace, name, (object) => {
      const ready = conditionOf(object, 'Ready');
      const isCurrent = ready?.observedGeneration === object?.metadata.generation;
      return isCurrent && ready?.reason === reason;
    });
  }
}

export function conditionOf(object: Seen | undefined, type: string): Condition | undefined {
  return object?.status?.conditions?.find((condition) => condition.type === type);
}

/** Calls that write, which this operator has made so far. */
export function writesOf(operator: OperatorProcess): Promise<number> {
  const calls = /^millrace_operator_api_seconds_count\{method="(?!GET)[A-Z]+".*\} (\d+)$/gm;
  return metric(operator, calls);
}

/** Resources that it has looked at so far. */
export function reconcilesOf(operator: OperatorProcess): Promise<number> {
  return metric(operator, /^millrace_operator_reconciles_total\{.*\} (\d+)$/gm);
}

async function metric({ httpPort }: OperatorProcess, shape: RegExp): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${httpPort}/metrics`);
  let sum = 0;
  for (const [, count] of (await response.text()).matchAll(shape)) sum += Number(count);
  return sum;
}
