/** Fake brokers that share their logs and agree on who leads: the others refuse, and name the leader if told to. */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { FakeBroker, type FakeBrokerOptions, type FakePartition } from './fakeBroker.ts';

export class FakeCluster {
  readonly brokers: readonly FakeBroker[];
  /** Index = partition. */
  readonly leaders: FakePartition[];
  /** Whether refusals name the leader. */
  hints: 'leader' | 'none' = 'leader';
  /** What DescribeTopic answers. Default: the truth. */
  described: (partition: number) => FakePartition;
  /** Batches and fetches that came to a broker which does not lead. */
  refusals = 0;

  private constructor(brokers: readonly FakeBroker[], partitions: number) {
    this.brokers = brokers;
    this.leaders = Array.from({ length: partitions }, (_, partition) => ({
      leader: partition % brokers.length,
      leaderEpoch: 1,
    }));
    this.described = (partition) => this.leader(partition);
    for (const broker of brokers) {
      broker.cluster = () => brokers;
      broker.partitionDetails = (partition) => this.described(partition);
      broker.verdict = (partition) => this.verdict(broker, partition) ?? 'apply';
      broker.fetchVerdict = ({ partition = 0 }) => this.verdict(broker, partition) ?? 'serve';
    }
  }

  /** Partition p is led by broker p mod 2 at first. */
  static async start(options: FakeBrokerOptions & { partitions: number }): Promise<FakeCluster> {
    const first = await FakeBroker.start(options);
    const second = await FakeBroker.start({ ...options, brokerId: 1 }, first);
    return new FakeCluster([first, second], options.partitions);
  }

  get server(): string {
    return this.brokers.map(({ server }) => server).join(',');
  }

  broker(brokerId: number): FakeBroker {
    const broker = this.brokers[brokerId];
    if (broker === undefined) throw new RangeError(`no broker ${brokerId}`);
    return broker;
  }

  leader(partition: number): FakePartition {
    return this.leaders[partition] ?? { leader: -1, leaderEpoch: -1 };
  }

  /** The next leader epoch begins; whoever fetched from the old leader is sent away. */
  move(partition: number, leader: number): void {
    const before = this.leader(partition);
    this.leaders[partition] = { leader, leaderEpoch: before.leaderEpoch + 1 };
    const old = this.broker(before.leader);
    old.endFetches((fetched) => (fetched === partition ? this.verdict(old, partition) : undefined));
  }

  /** Undefined: it leads. */
  verdict(broker: FakeBroker, partition: number): MillraceError | undefined {
    const { leader } = this.leader(partition);
    if (leader === broker.brokerId) return undefined;
    this.refusals += 1;
    const hint = this.hints === 'leader' ? `127.0.0.1:${this.broker(leader).dataPort}` : undefined;
    return millraceError('NOT_LEADER', `broker ${broker.brokerId} does not lead it`, {
      leader: hint,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.brokers.map((broker) => broker[Symbol.asyncDispose]()));
  }
}

/** Throws after 20 s. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`${what}: not within 20 s`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
