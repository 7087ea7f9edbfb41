/** Three real brokers of one cluster, each a process that can be killed, stopped, paused and started again. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Millrace } from '../src/millrace.ts';
import { type BrokerProcess, startBrokerProcess } from './brokerProcess.ts';

const BOUND_MS = 60_000;

export class ThreeBrokers {
  readonly brokers: BrokerProcess[] = [];
  /** Of the test itself: what is under test has its own. */
  readonly client: Millrace;
  readonly #dataDir: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(
    dataDir: string,
    brokers: BrokerProcess[],
    env: Readonly<Record<string, string>>,
  ) {
    this.#dataDir = dataDir;
    this.#env = env;
    this.brokers = brokers;
    this.client = new Millrace({ server: this.servers });
  }

  /** `env`: more MILLRACE_* variables. */
  static async start(
    t: Pick<TestContext, 'after'>,
    env: Readonly<Record<string, string>> = {},
  ): Promise<ThreeBrokers> {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
    const brokers: BrokerProcess[] = [];
    t.after(async () => {
      await Promise.all(brokers.map((broker) => broker[Symbol.asyncDispose]()));
      await rm(dataDir, { recursive: true, force: true });
    });
    // One makes the cluster, the others join it.
    for (const id of [0, 1, 2]) {
      brokers.push(await startBrokerProcess({ dataDir, env: { ...env, ...idOf(id) } }));
    }
    const cluster = new ThreeBrokers(dataDir, brokers, env);
    t.after(() => cluster.client.close().catch(() => {}));
    await until(async () => {
      const { brokers: known } = await cluster.client.admin.describeCluster();
      return known.length === 3;
    }, 'all are known');
    return cluster;
  }

  get servers(): string[] {
    return this.brokers.map(({ server }) => server);
  }

  broker(id: number): BrokerProcess {
    const broker = this.brokers[id];
    assert.ok(broker !== undefined);
    return broker;
  }

  /** On all three, two of them in sync at least. */
  async createTopic(name: string, partitions: number): Promise<void> {
    await this.client.admin.createTopic({ name, partitions, replicationFactor: 3 });
  }

  async leaderOf(topic: string, partition: number): Promise<number> {
    const { partitionDetails } = await this.client.admin.describeTopic(topic);
    return partitionDetails[partition]?.leader ?? -1;
  }

  /** On the ports that it had. */
  async restart(id: number): Promise<void> {
    const { ports } = this.broker(id);
    const env = { ...this.#env, ...idOf(id) };
    this.brokers[id] = await startBrokerProcess({ dataDir: this.#dataDir, ports, env });
  }

  /** Every partition has a leader, and all copies are in sync. */
  async whole(topic: string): Promise<void> {
    await until(async () => {
      const { partitionDetails } = await this.client.admin.describeTopic(topic);
      return partitionDetails.every(({ leader, isr }) => leader >= 0 && isr.length === 3);
    }, `all copies of ${topic} are in sync`);
  }
}

function idOf(id: number): Readonly<Record<string, string>> {
  return { MILLRACE_BROKER_ID: String(id) };
}

/** Throws after a minute. What fails meanwhile is asked again. */
export async function until(condition: () => boolean | Promise<boolean>, what: string) {
  const deadlineMs = performance.now() + BOUND_MS;
  for (;;) {
    const holds = await Promise.resolve(condition()).catch((error: unknown) => error);
    if (holds === true) return;
    assert.ok(
      performance.now() < deadlineMs,
      `${what}: not within ${BOUND_MS} ms (${String(holds)})`,
    );
    await delay(10);
  }
}
