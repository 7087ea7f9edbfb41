/**
 * Broker.spec as scaling wants it: brokers that are to go are cordoned and drained, those that stay after all are not any
 * more, objects of brokers that are gone go. What a person cordoned stays so: the operator's own marks carry an
 * annotation.
 */
import type { BrokerId } from '@millrace/core/ids';
import { brokerObjectName, brokerPodName } from '@millrace/core/resources/custom/resourceNames';
import type { BrokerResource } from '@millrace/core/resources/custom/internalResources';
import type { World } from '../world/world.ts';
import type { ScalePlan } from './scalePlan.ts';

const LEAVING_ANNOTATION = 'millrace.dev/leaving';

export class BrokerMarks {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async mark(cluster: string, { leaving, replicas }: ScalePlan, wanted: number): Promise<void> {
    for (const { id } of this.#world.brokersOf(cluster)) {
      const object = this.#world.brokers.get(brokerObjectName(cluster, id));
      if (object === undefined) continue;
      if (leaving.includes(id) && id < replicas) await this.#setLeaving(object, true);
      else if (id < wanted) await this.#setLeaving(object, false);
      else if (id >= replicas) await this.#forget(cluster, id, object);
    }
  }

  async #setLeaving(object: BrokerResource, isLeaving: boolean): Promise<void> {
    const { [LEAVING_ANNOTATION]: mark, ...others } = object.metadata.annotations ?? {};
    if (isLeaving === (mark !== undefined)) return;
    await this.#world.brokers.put({
      ...object,
      metadata: {
        ...object.metadata,
        annotations: isLeaving ? { ...others, [LEAVING_ANNOTATION]: 'true' } : others,
      },
      spec: { ...object.spec, cordoned: isLeaving, draining: isLeaving },
    });
  }

  /** Not while its pod is there: the controller would write it again. */
  async #forget(cluster: string, id: BrokerId, object: BrokerResource): Promise<void> {
    const world = this.#world;
    const hasPod = world.pods.get(brokerPodName(cluster, id)) !== undefined;
    if (hasPod || object.status?.fenced === false) return;
    const { name, uid, resourceVersion } = object.metadata;
    await world.client.delete(world.brokers.of, world.namespace, name, { uid, resourceVersion });
  }
}
