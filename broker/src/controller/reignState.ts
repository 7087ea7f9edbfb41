/** What a controller reads when it takes over: everything, after the lease is its own. */
import type { BrokerId } from '@millrace/core/ids';
import { CLUSTER_STATE_NAME } from '@millrace/core/resources/clusterState';
import type { ClusterStore } from '../store/clusterStore.ts';
import { ClusterModel } from './clusterModel.ts';
import { brokerOf } from './copyNames.ts';

export interface ReignState {
  readonly model: ClusterModel;
  readonly assignmentsVersion: number;
  readonly brokersVersion: number;
  readonly featureLevel: number;
  /** The highest of any assignment. */
  readonly controllerEpoch: number;
}

/** `topics`: whose they are; `declared` ones are read where they are asked for. Rejects as the store does. */
export async function readState(
  store: ClusterStore,
  topicsAre: 'stored' | 'declared',
): Promise<ReignState> {
  const [topics, assignments, brokers, cluster] = await Promise.all([
    topicsAre === 'stored' ? store.list('Topic') : { objects: [] },
    store.list('PartitionAssignment'),
    store.list('Broker'),
    store.get('ClusterState', CLUSTER_STATE_NAME),
  ]);
  const model = new ClusterModel();
  // Assignments first: a topic finds its own.
  for (const object of assignments.objects) model.putAssignment(object);
  for (const object of topics.objects) model.putTopic(object);
  for (const object of brokers.objects) model.putBroker(object);
  return {
    model,
    assignmentsVersion: assignments.version,
    brokersVersion: brokers.version,
    featureLevel: cluster?.status?.featureLevel ?? cluster?.spec.featureLevel ?? 1,
    controllerEpoch: assignments.objects.reduce(
      (high, { status }) => Math.max(high, status?.controllerEpoch ?? 0),
      0,
    ),
  };
}

/** Every broker that an assignment or a Broker object names. */
export function brokersNamed(model: ClusterModel): Set<BrokerId> {
  const named = new Set(model.brokers.keys());
  for (const { object } of model.chunks.values()) {
    for (const replicas of object.spec.replicas) for (const id of replicas) named.add(id);
    for (const { replicas, adding, isr, eligible } of object.status?.partitions ?? []) {
      for (const id of [...replicas, ...adding]) named.add(id);
      for (const copy of [...isr, ...eligible]) named.add(brokerOf(copy));
    }
  }
  return named;
}
