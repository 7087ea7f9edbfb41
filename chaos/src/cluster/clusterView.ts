/** What the brokers say of their cluster, asked anew each time; nothing is known where none answers. */
import type { Millrace } from '@millrace/client/millrace';
import type { PartitionDescription, TopicDescription } from '@millrace/client/topicDescription';

const DEADLINE_MS = 2000;

export class ClusterView {
  readonly #client: Millrace;
  /** The topic of the load, once it is created. */
  topic = '';
  replicationFactor = 1;

  constructor(client: Millrace) {
    this.#client = client;
  }

  async controller(): Promise<number | undefined> {
    const options = { deadlineMs: DEADLINE_MS };
    const cluster = await this.#client.admin.describeCluster(options).catch(() => undefined);
    return cluster === undefined || cluster.controllerId < 0 ? undefined : cluster.controllerId;
  }

  /** By partition; -1: nobody. Empty: nothing is known. */
  async leaders(): Promise<number[]> {
    return (await this.partitions()).map(({ leader }) => leader);
  }

  async partitions(): Promise<readonly PartitionDescription[]> {
    return (await this.describe())?.partitionDetails ?? [];
  }

  async describe(): Promise<TopicDescription | undefined> {
    const options = { deadlineMs: DEADLINE_MS };
    return this.#client.admin.describeTopic(this.topic, options).catch(() => undefined);
  }

  /** Every partition has a leader and all its copies in sync. */
  async isWhole(): Promise<boolean> {
    const partitions = await this.partitions();
    return (
      partitions.length > 0 &&
      partitions.every(({ leader, isr }) => leader >= 0 && isr.length === this.replicationFactor)
    );
  }

  /** Of each partition: who leads, who is in sync. */
  async inWords(): Promise<string> {
    const partitions = await this.partitions();
    if (partitions.length === 0) return 'no broker describes the topic';
    const states = partitions.map(
      ({ partition, leader, leaderEpoch, isr, highWatermark, logEnd, error }) =>
        `${partition}: leader ${leader} in epoch ${leaderEpoch}, in sync ${isr.join(' ')}, ` +
        `${highWatermark} of ${logEnd} committed${error === undefined ? '' : `, ${error.code}`}`,
    );
    return `controller ${await this.controller()}; ${states.join('; ')}`;
  }
}
