/**
 * Broker.spec as scaling wants it: brokers that are to go are cordoned and drained, those that stay after all are not any
 * more, objects of brokers that are gone go. What a person cordoned stays so: the operator's own marks carry an
 * annotation.
 */
import type { BrokerId } from '@millrace/core/ids';
import {
  brokerObjectName,
  brokerPodName,
  CLUSTER_LABEL,
} from '@millrace/core/resources/custom/resourceNames';
import type { BrokerResource } from '@millrace/core/resources/custom/internalResources';
import type { World } from '../world/world.ts';
import type { ScalePlan } from './scalePlan.ts';

const LEAVING_ANNOTATION = 'millrace.dev/leaving';
/** Its value where a person had cordoned the broker before. */
const CORDONED = 'cordoned';

export class BrokerMarks {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** `wanted`: brokers that there are to be; what is above takes nothing, whether or not its pod is there yet, or still. */
  async mark(cluster: string, { replicas }: ScalePlan, wanted: number): Promise<void> {
    const world = this.#world;
    const named = this.#namedAbove(cluster, wanted);
    for (const { id } of world.brokersOf(cluster)) {
      const object = world.brokers.get(brokerObjectName(cluster, id));
      const isNamed = named.delete(id);
      if (object === undefined) continue;
      if (id < wanted) await this.#setLeaving(object, false);
      else if (id < replicas || isNamed) await this.#setLeaving(object, true);
      else if (!(await this.#forget(cluster, id, object))) await this.#setLeaving(object, true);
    }
    // Its object is gone, its replicas are not: they move as from any that is drained.
    for (const id of named) await this.#create(cluster, id);
  }

  #namedAbove(cluster: string, wanted: number): Set<BrokerId> {
    const specs = this.#world.assignmentIndex.specsOf(cluster).filter(({ deleted }) => !deleted);
    return new Set(specs.flatMap((spec) => spec.replicas.flat()).filter((id) => id >= wanted));
  }

  async #create(cluster: string, id: BrokerId): Promise<void> {
    const name = brokerObjectName(cluster, id);
    if (this.#world.brokers.get(name) !== undefined) return;
    const metadata = {
      name,
      namespace: this.#world.namespace,
      labels: { [CLUSTER_LABEL]: cluster },
      annotations: { [LEAVING_ANNOTATION]: 'true' },
    };
    const spec = { cordoned: true, draining: true };
    await this.#world.brokers.create({ metadata, spec } as unknown as BrokerResource);
  }

  async #setLeaving(object: BrokerResource, isLeaving: boolean): Promise<void> {
    const { [LEAVING_ANNOTATION]: mark, ...others } = object.metadata.annotations ?? {};
    if (isLeaving === (mark !== undefined)) return;
    const wasCordoned = isLeaving ? object.spec.cordoned : mark === CORDONED;
    await this.#world.brokers.put({
      ...object,
      metadata: {
        ...object.metadata,
        annotations: isLeaving
          ? { ...others, [LEAVING_ANNOTATION]: wasCordoned ? CORDONED : 'true' }
          : others,
      },
      spec: { ...object.spec, cordoned: isLeaving || wasCordoned, draining: isLeaving },
    });
  }

  /** Not while its pod is there: the controller would write it again. Resolves to whether it is gone. */
  async #forget(cluster: string, id: BrokerId, object: BrokerResource): Promise<boolean> {
    const world = this.#world;
    const hasPod = world.pods.get(brokerPodName(cluster, id)) !== undefined;
    if (hasPod || object.status?.fenced === false) return false;
    const { name, uid, resourceVersion } = object.metadata;
    await world.client.delete(world.brokers.of, world.namespace, name, { uid, resourceVersion });
    return true;
  }
}
