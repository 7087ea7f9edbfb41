/** Settings of the brokers, as the variables that they read. Pure. */
import { BROKER_TABLE } from '@millrace/core/brokerConfig';
import { ConfigValueError } from '@millrace/core/configValue';
import { brokersName } from '@millrace/core/resources/custom/resourceNames';
import { envName } from '@millrace/core/resolveConfig';
import type { KubeObject } from '@millrace/kube/kubeObject';
import type { ConfigRow } from '@millrace/core/configTable';
import { ClusterProblem } from './clusterProblem.ts';
import { ownedMetadata } from './clusterLabels.ts';
import type { ClusterView } from './clusterView.ts';

export interface ConfigMapObject extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}

/** Throws ClusterProblem for a value that does not parse. */
export function brokerConfigMap({ cluster, clusterId }: ClusterView): ConfigMapObject {
  const data: Record<string, string> = { MILLRACE_CLUSTER_ID: clusterId };
  const table: Readonly<Record<string, ConfigRow<unknown>>> = BROKER_TABLE;
  for (const [key, value] of Object.entries(cluster.spec.brokers.config ?? {})) {
    const row = Object.hasOwn(table, key) ? table[key] : undefined;
    if (row === undefined) {
      throw new ClusterProblem('InvalidConfig', `spec.brokers.config: ${key} is not known`);
    }
    checkValue(key, row, String(value));
    data[envName(key, row)] = String(value);
  }
  return { metadata: ownedMetadata(cluster, brokersName(cluster.metadata.name)), data };
}

/** A broker with such a value would not start: better said here. */
function checkValue(key: string, row: ConfigRow<unknown>, value: string): void {
  try {
    row.parse(value);
  } catch (error) {
    if (!(error instanceof ConfigValueError)) throw error;
    throw new ClusterProblem(
      'InvalidConfig',
      `spec.brokers.config: ${key} cannot be ${JSON.stringify(value)}: ${error.message}`,
    );
  }
}
