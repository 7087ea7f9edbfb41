/** How many bytes each broker holds of partitions, asked of the brokers themselves. */
import type { GlobalOptions } from '../commandContext.ts';
import { withClient } from '../commandContext.ts';
import { askEachBroker } from '../eachBroker.ts';

export class CopySizes {
  readonly #bytes = new Map<string, number>();

  static async ask(options: GlobalOptions, topics: readonly string[]): Promise<CopySizes> {
    const sizes = new CopySizes();
    if (topics.length === 0) return sizes;
    const { brokers } = await withClient(options, ({ admin }) => admin.describeCluster());
    await askEachBroker(options, brokers, async ({ clusterAdmin }, brokerId) => {
      for (const topic of topics) {
        for (const { partition, sizeBytes } of await clusterAdmin.describeCopies(topic)) {
          sizes.set(topic, partition, brokerId, sizeBytes);
        }
      }
    });
    return sizes;
  }

  set(topic: string, partition: number, brokerId: number, bytes: number): void {
    this.#bytes.set(`${topic}/${partition}/${brokerId}`, bytes);
  }

  /** Undefined: it holds none, or did not answer. */
  of(topic: string, partition: number, brokerId: number): number | undefined {
    return this.#bytes.get(`${topic}/${partition}/${brokerId}`);
  }

  /** Of the largest copy among these brokers; undefined: none is known. */
  largest(topic: string, partition: number, brokerIds: readonly number[]): number | undefined {
    const known = brokerIds.flatMap((id) => this.of(topic, partition, id) ?? []);
    return known.length === 0 ? undefined : Math.max(...known);
  }
}
