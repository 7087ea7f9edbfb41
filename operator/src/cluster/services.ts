/** How brokers are found: each by its name, all by one address. Pure. */
import {
  brokersServiceName,
  clientServiceName,
} from '@millrace/core/resources/custom/resourceNames';
import type { KubeObject } from '@millrace/kube/kubeObject';
import { brokerSelector, ownedMetadata } from './clusterLabels.ts';
import type { ClusterView } from './clusterView.ts';

export const BROKER_PORTS = [
  { name: 'client', port: 7071 },
  { name: 'peer', port: 7072 },
  { name: 'http', port: 7073 },
  { name: 'data', port: 7074 },
  { name: 'peer-data', port: 7075 },
] as const;

/** Brokers talk to one another before they are ready: that is how they become it. */
export function headlessService({ cluster }: ClusterView): KubeObject {
  const { name } = cluster.metadata;
  const object = {
    metadata: ownedMetadata(cluster, brokersServiceName(name)),
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: brokerSelector(name),
      ports: BROKER_PORTS.map(servicePort),
    },
  };
  return object;
}

export function clientService({ cluster }: ClusterView): KubeObject {
  const { name } = cluster.metadata;
  const { type, annotations, nodePort } = cluster.spec.clientService;
  const ports = BROKER_PORTS.filter((port) => port.name === 'client' || port.name === 'data');
  const object = {
    metadata: {
      ...ownedMetadata(cluster, clientServiceName(name)),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: {
      type,
      selector: brokerSelector(name),
      ports: ports.map((port) => ({
        ...servicePort(port),
        ...(port.name === 'client' && nodePort !== undefined ? { nodePort } : {}),
      })),
    },
  };
  return object;
}

function servicePort({ name, port }: { readonly name: string; readonly port: number }) {
  return { name, port, targetPort: name, protocol: 'TCP', appProtocol: protocolOf(name) };
}

function protocolOf(name: string): string {
  return name === 'http' ? 'http' : 'kubernetes.io/h2c';
}
