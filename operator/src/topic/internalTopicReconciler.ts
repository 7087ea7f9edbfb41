import type { TopicId } from '@millrace/core/ids';
import { isInternalTopicName } from '@millrace/core/topicName';
import { brokerLoads, drainingBrokers } from '../world/brokerLoads.ts';
import { isPaused } from '../world/pausing.ts';
import type { World } from '../world/world.ts';
import { planInternalTopic } from './internalTopicPlan.ts';

/** Keeps the specs of internal topics, which have no Topic, as planInternalTopic says. */
export class InternalTopicReconciler {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Does nothing for any other topic. */
  async reconcile(topicId: TopicId): Promise<void> {
    const world = this.#world;
    const [found, ...more] = world.assignmentIndex.ofTopic(topicId);
    if (found === undefined || more.length > 0 || !isInternalTopicName(found.spec.topicName))
      return;
    const { cluster, object, spec } = found;
    if (isPaused(world.clusters.get(cluster))) return;
    const brokers = world.brokersOf(cluster);
    const loads = brokerLoads(brokers, world.assignmentIndex.specsOf(cluster));
    const wanted = planInternalTopic(spec, loads, drainingBrokers(brokers));
    if (wanted !== undefined) await world.writeAssignment({ ...object, spec: wanted }, 'put');
  }
}
