/** The topic of a run, once every partition of it has a leader and all its copies. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TopicDescription } from '@millrace/client/topicDescription';
import { TOPIC } from '../settings.ts';
import type { ChaosCluster } from './chaosCluster.ts';

const CREATE_MS_MAX = 60_000;

/** Throws what the last attempt threw. */
export async function createTopic(
  cluster: ChaosCluster,
  shape: {
    readonly partitions: number;
    readonly replicationFactor: number;
    readonly config: Readonly<Record<string, string>>;
  },
): Promise<TopicDescription> {
  const deadlineMs = performance.now() + CREATE_MS_MAX;
  const { view, admin } = cluster;
  view.topic = TOPIC;
  view.replicationFactor = shape.replicationFactor;
  for (;;) {
    try {
      const { topic } = await admin.createTopic({ name: TOPIC, ...shape });
      while (!(await view.isWhole())) {
        if (performance.now() > deadlineMs) throw new Error('the topic does not come to life');
        await delay(20);
      }
      return topic;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await delay(200);
    }
  }
}
