/** Broker: one member of the cluster (contracts.md, Cluster state objects). Named by its id in decimal. */
import { type BootId, type BrokerId, toBootId } from '../ids.ts';
import { arrayAt, booleanAt, integerAt, objectAt, stringAt, storedAt } from './storedFields.ts';

export interface BrokerSpec {
  /** New partitions are placed elsewhere. */
  readonly cordoned: boolean;
  /** Its partitions are being moved away. */
  readonly draining: boolean;
}

/** Where one listener of a broker is reached; a reply names the listener of its request. */
export interface Endpoint {
  /** `client`, `peer`, `data` or `peer-data` (contracts.md, Ports and services). */
  readonly listener: string;
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** Feature levels that a broker can run at, both ends included. */
export interface FeatureRange {
  readonly min: number;
  readonly max: number;
}

export interface BrokerStatus {
  readonly bootId: BootId;
  readonly fenced: boolean;
  /** Empty: none. */
  readonly rack: string;
  readonly endpoints: readonly Endpoint[];
  readonly features: FeatureRange;
}

export function brokerName(brokerId: BrokerId): string {
  return String(brokerId);
}

/** Throws CORRUPT_STATE. */
export function parseBrokerSpec(value: unknown): BrokerSpec {
  const spec = objectAt(value, 'spec');
  booleanAt(spec.cordoned, 'spec.cordoned');
  booleanAt(spec.draining, 'spec.draining');
  return value as BrokerSpec;
}

/** Throws CORRUPT_STATE. */
export function parseBrokerStatus(value: unknown): BrokerStatus {
  const status = objectAt(value, 'status');
  storedAt(status.bootId, 'status.bootId', toBootId);
  booleanAt(status.fenced, 'status.fenced');
  stringAt(status.rack, 'status.rack');
  for (const [index, entry] of arrayAt(status.endpoints, 'status.endpoints').entries()) {
    const path = `status.endpoints[${index}]`;
    const endpoint = objectAt(entry, path);
    stringAt(endpoint.listener, `${path}.listener`);
    stringAt(endpoint.protocol, `${path}.protocol`);
    stringAt(endpoint.host, `${path}.host`);
    integerAt(endpoint.port, `${path}.port`, 65_535);
    booleanAt(endpoint.tls, `${path}.tls`);
  }
  const features = objectAt(status.features, 'status.features');
  const min = integerAt(features.min, 'status.features.min');
  integerAt(features.max, 'status.features.max', undefined, min);
  return value as BrokerStatus;
}
