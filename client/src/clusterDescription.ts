/** Brokers and cluster as they describe themselves. */
import type { BrokerDescription__Output } from '@millrace/proto/generated/millrace/v1/BrokerDescription';
import type { DescribeResponse__Output } from '@millrace/proto/generated/millrace/v1/DescribeResponse';

export interface BrokerEndpoint {
  /** `client`: all of millrace.v1; `data`: ProduceStream and Fetch. */
  readonly listener: string;
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface ClusterBroker {
  readonly brokerId: number;
  readonly rack: string;
  readonly endpoints: readonly BrokerEndpoint[];
}

/** Whether one of its listeners is at `address`, `host:port` with or without brackets around an IPv6 host. */
export function advertises(broker: ClusterBroker, address: string): boolean {
  const bare = address.replaceAll(/[[\]]/g, '').toLowerCase();
  return broker.endpoints.some(({ host, port }) => `${host}:${port}`.toLowerCase() === bare);
}

export interface ClusterDescription {
  readonly clusterId: string;
  /** Broker id; -1: none at the moment. */
  readonly controllerId: number;
  readonly featureLevel: number;
  readonly brokers: readonly ClusterBroker[];
  /** Of the answering broker. */
  readonly version: string;
}

export interface BrokerDescription extends ClusterBroker {
  readonly bootId: string;
  /** Without a live session: it leads nothing. */
  readonly fenced: boolean;
  /** New partitions are placed elsewhere. */
  readonly cordoned: boolean;
  /** Its leaders and replicas move away. */
  readonly draining: boolean;
  readonly version: string;
  readonly partitions: number;
  readonly leaders: number;
  readonly logBytes: number;
  readonly freeBytes: number;
  /** Known of the answering broker alone, as are `version` and the two above; 0: not known. */
  readonly processId: number;
}

export function clusterDescription(reply: DescribeResponse__Output): ClusterDescription {
  const { clusterId, controllerId, featureLevel, version } = reply;
  return { clusterId, controllerId, featureLevel, version, brokers: reply.brokers };
}

export function brokerDescription(broker: BrokerDescription__Output): BrokerDescription {
  return { ...broker };
}
