/** `millrace cluster`: who is there, and at which addresses. */
import type { BrokerDescription, BrokerEndpoint } from '@millrace/client/clusterDescription';
import {
  type CommandContext,
  type GlobalOptions,
  printJson,
  withClient,
} from '../commandContext.ts';
import { table } from '../output/table.ts';

export async function describeCluster(
  context: CommandContext,
  options: GlobalOptions,
): Promise<void> {
  const { cluster, brokers } = await withClient(options, async ({ admin }) => ({
    cluster: await admin.describeCluster(),
    brokers: await admin.describeBrokers(),
  }));
  if (options.output === 'json') {
    printJson(context, { ...cluster, brokers });
    return;
  }
  const controller = cluster.controllerId === -1 ? 'none' : String(cluster.controllerId);
  context.out.text(
    `cluster id     ${cluster.clusterId}\ncontroller     ${controller}\n` +
      `feature level  ${cluster.featureLevel}\nversion        ${cluster.version}\n\n`,
  );
  context.out.text(
    table(
      [
        'BROKER',
        'ENDPOINTS',
        'RACK',
        'STATE',
        'PARTITIONS',
        'LEADERS',
        'LOG-BYTES',
        'FREE-BYTES',
        'VERSION',
      ],
      brokers.map(brokerRow),
    ),
  );
}

function brokerRow(broker: BrokerDescription): (string | number)[] {
  return [
    broker.brokerId,
    broker.endpoints.map(endpointText).join(' '),
    broker.rack === '' ? '-' : broker.rack,
    broker.fenced ? 'fenced' : 'live',
    broker.partitions,
    broker.leaders,
    broker.logBytes,
    broker.freeBytes,
    broker.version,
  ];
}

function endpointText({ listener, host, port }: BrokerEndpoint): string {
  return `${listener}=${host.includes(':') ? `[${host}]` : host}:${port}`;
}
