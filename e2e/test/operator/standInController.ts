/**
 * What brokers and their controller would write, without brokers: every assignment is led by its first replica at once,
 * what is deleted goes. So that the operator can be seen with nothing but an API server.
 */
import type { AssignmentResource } from '@millrace/core/resources/custom/internalResources';
import { brokerObjectName, CLUSTER_LABEL } from '@millrace/core/resources/custom/resourceNames';
import { PARTITIONS_PER_ASSIGNMENT } from '@millrace/core/resources/partitionAssignment';
import type { KubeClient } from '@millrace/kube/kubeClient';
import { isKubeError } from '@millrace/kube/kubeError';
import type { UntypedObject } from '@millrace/kube/kubeObject';
import { WatchedObjects } from '@millrace/kube/watchedObjects';
import { ASSIGNMENTS, BROKERS } from './kinds.ts';

export class StandInController {
  readonly #client: KubeClient;
  readonly #namespace: string;
  readonly #watched: WatchedObjects<AssignmentResource>;

  constructor(client: KubeClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
    this.#watched = new WatchedObjects<AssignmentResource>({
      client,
      of: ASSIGNMENTS,
      namespace,
      onChanged: ({ name }) => {
        this.#settle(name).catch((error: unknown) => {
          if (!isKubeError(error, 'conflict', 'not-found', 'unavailable')) throw error;
        });
      },
    });
  }

  async addBroker(cluster: string, id: number, rack = ''): Promise<void> {
    const name = brokerObjectName(cluster, id as never);
    const metadata = { name, namespace: this.#namespace, labels: { [CLUSTER_LABEL]: cluster } };
    const spec = { cordoned: false, draining: false };
    const created = await this.#client.create<UntypedObject>(BROKERS, this.#namespace, {
      metadata,
      spec,
    } as UntypedObject);
    const status = {
      bootId: 'b0b0b0b0b0b0',
      fenced: false,
      rack,
      endpoints: [],
      features: { min: 1, max: 1 },
    };
    await this.#client.put(BROKERS, this.#namespace, { ...created, status } as UntypedObject, {
      subresource: 'status',
    });
  }

  stop(): void {
    this.#watched.stop();
  }

  async #settle(name: string): Promise<void> {
    const object = this.#watched.get(this.#namespace, name);
    if (object === undefined) return;
    if (object.spec.deleted) {
      await this.#client.delete(ASSIGNMENTS, this.#namespace, name);
      return;
    }
    const status = statusOf(object);
    if (JSON.stringify(status.partitions) === JSON.stringify(object.status?.partitions)) return;
    await this.#client.put(ASSIGNMENTS, this.#namespace, { ...object, status } as UntypedObject, {
      subresource: 'status',
    });
  }
}

function statusOf({ spec, status }: AssignmentResource) {
  return {
    formatVersion: 1,
    controllerEpoch: 1,
    partitions: spec.replicas.map((replicas, index) => {
      const copies = replicas.map((id) => `${id}:cccccccccccc`);
      const before = status?.partitions[index];
      const isSame = JSON.stringify(before?.replicas) === JSON.stringify(replicas);
      return {
        p: spec.chunk * PARTITIONS_PER_ASSIGNMENT + index,
        initialized: true,
        replicas,
        adding: [],
        leader: `${copies[0]}:b0b0b0b0b0b0`,
        isr: copies,
        eligible: [],
        leaderEpoch: isSame ? (before?.leaderEpoch ?? 0) : (before?.leaderEpoch ?? -1) + 1,
        epoch: isSame ? (before?.epoch ?? 0) : (before?.epoch ?? -1) + 1,
        minIsr: Number(spec.config.minInsyncReplicas),
        uncleanEpoch: -1,
      };
    }),
  };
}
