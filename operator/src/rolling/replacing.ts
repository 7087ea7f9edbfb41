/** Carries planReplace out: one at a time, by deletes of exactly the claim and the pod that were looked at. */
import type { BrokerId, TopicId } from '@millrace/core/ids';
import type { ClusterResource } from '@millrace/core/resources/custom/clusterResource';
import type {
  AssignmentResource,
  BrokerResource,
} from '@millrace/core/resources/custom/internalResources';
import {
  brokerObjectName,
  brokerPodName,
  REPLACE_ANNOTATION,
} from '@millrace/core/resources/custom/resourceNames';
import type { KubeObject } from '@millrace/kube/kubeObject';
import { PODS, VOLUME_CLAIMS } from '@millrace/kube/resource';
import type { OperatorEvents } from '../operatorEvents.ts';
import { AssignmentIndex } from '../world/assignmentIndex.ts';
import { ASSIGNMENTS, BROKERS } from '../world/kubeKinds.ts';
import type { World } from '../world/world.ts';
import type { PodObject } from '../world/podObjects.ts';
import { podView } from './podView.ts';
import { planReplace } from './replacePlan.ts';

export class Replacing {
  readonly #world: World;
  readonly #events: OperatorEvents;

  constructor(world: World, events: OperatorEvents) {
    this.#world = world;
    this.#events = events;
  }

  /** Resolves to whether one is asked for and still to be done. */
  async step(cluster: ClusterResource): Promise<boolean> {
    const { name } = cluster.metadata;
    const asked = this.#world.brokersOf(name).find(({ id }) => {
      const object = this.#world.brokers.get(brokerObjectName(name, id));
      return object?.metadata.annotations?.[REPLACE_ANNOTATION] === 'true';
    });
    if (asked === undefined) return false;
    return !(await this.#replace(cluster, asked.id));
  }

  async #replace(cluster: ClusterResource, id: BrokerId): Promise<boolean> {
    const world = this.#world;
    const { client, namespace } = world;
    const { name } = cluster.metadata;
    const podName = brokerPodName(name, id);
    // Past all copies: what follows cannot be taken back.
    const broker = await client.get<BrokerResource>(BROKERS, namespace, brokerObjectName(name, id));
    const pod = await client.get<PodObject>(PODS, namespace, podName);
    const claim = await client.get<KubeObject>(VOLUME_CLAIMS, namespace, `data-${podName}`);
    const { items } = await client.list<AssignmentResource>(ASSIGNMENTS, namespace);
    const unreadable: string[] = [];
    const index = new AssignmentIndex((at) => unreadable.push(at));
    for (const object of items) index.set(object.metadata.name, object);
    if (unreadable.length > 0) {
      const note = `the assignment ${unreadable[0]} cannot be read: nobody knows whether it counts on the disk of broker ${id}`;
      this.#events.warn(cluster, 'ReplaceRefused', 'Replacing', note);
      return false;
    }
    if (broker === undefined) return true;
    const clusterId = world.clusterId(name);
    const step = planReplace({
      id,
      pod: pod === undefined ? undefined : podView(pod, name),
      isFenced: broker.status?.fenced !== false,
      // One that lost its label may be of any cluster.
      assignments: [...index.topicIds()]
        .flatMap((topicId) => index.ofTopic(topicId as TopicId))
        .filter(
          ({ cluster: of, spec }) => of === name || of === '' || spec.clusterId === clusterId,
        ),
    });
    if (step.kind === 'refused') {
      this.#events.warn(cluster, 'ReplaceRefused', 'Replacing', step.message);
      return false;
    }
    if (claim !== undefined) {
      const { uid = '', resourceVersion = '' } = claim.metadata;
      await client.delete(VOLUME_CLAIMS, namespace, claim.metadata.name, { uid, resourceVersion });
    }
    if (pod !== undefined) {
      const { uid = '' } = pod.metadata;
      await client.delete(PODS, namespace, podName, { uid }, { gracePeriodSeconds: 0 });
    }
    const { [REPLACE_ANNOTATION]: _, ...annotations } = broker.metadata.annotations ?? {};
    await world.brokers.put({ ...broker, metadata: { ...broker.metadata, annotations } });
    const note = `broker ${id} gets a new disk: the claim data-${podName} and its pod are deleted; its copies are made anew from the others`;
    this.#events.tell(cluster, 'ReplacingBroker', 'Replacing', note);
    return true;
  }
}
