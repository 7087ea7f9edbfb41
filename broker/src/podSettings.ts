/** What a broker in a pod knows by itself (contracts.md, Discovery): its number, and where it is reached. Pure. */
import type { BROKER_TABLE, BrokerConfig } from '@millrace/core/brokerConfig';
import { millraceError } from '@millrace/core/errors';
import type { ResolvedConfig } from '@millrace/core/resolveConfig';
import { brokersServiceName } from '@millrace/core/resources/custom/resourceNames';

type Sources = ResolvedConfig<typeof BROKER_TABLE>['sources'];

const ANY_ADDRESS = '0.0.0.0';

/**
 * The configuration with what was left out: the number of the pod in its StatefulSet, all addresses to listen on, and its
 * address, or else the name that the headless Service gives it. Throws INVALID_CONFIG for a pod without a number.
 */
export function withPodSettings(
  config: BrokerConfig,
  sources: Sources,
  hostname: string,
): BrokerConfig {
  if (config.store !== 'kubernetes') return config;
  const podName = config.podName || hostname;
  const { clusterName, namespace } = config;
  const service = `${podName}.${brokersServiceName(clusterName)}`;
  const name = namespace === '' ? service : `${service}.${namespace}.svc`;
  // Names of a headless Service are cached for seconds: by them clients would go to the pod before.
  const reached = config.podIp || name;
  return {
    ...config,
    podName,
    brokerId: sources.brokerId === 'default' ? ordinalOf(podName) : config.brokerId,
    host: sources.host === 'default' ? ANY_ADDRESS : config.host,
    advertisedHost: sources.advertisedHost === 'default' ? reached : config.advertisedHost,
  };
}

function ordinalOf(podName: string): number {
  const digits = /-(\d{1,9})$/.exec(podName)?.[1];
  if (digits !== undefined) return Number(digits);
  throw millraceError(
    'INVALID_CONFIG',
    `pod ${podName} is of no StatefulSet: its name does not end in a number; give brokerId`,
  );
}
