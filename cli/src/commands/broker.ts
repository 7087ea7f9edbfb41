/** `millrace broker list|cordon|uncordon|drain|undrain`. */
import type { BrokerDescription } from '@millrace/client/clusterDescription';
import type { Millrace } from '@millrace/client/millrace';
import {
  type CommandContext,
  type GlobalOptions,
  printJson,
  withClient,
} from '../commandContext.ts';
import { askEachBroker } from '../eachBroker.ts';
import { table } from '../output/table.ts';

/** Each by its own account where it answers: of the others its process and disk are not known. */
export async function listBrokers(context: CommandContext, options: GlobalOptions): Promise<void> {
  const { brokers, controllerId } = await withClient(options, async ({ admin }) => ({
    brokers: await admin.describeBrokers(),
    controllerId: (await admin.describeCluster()).controllerId,
  }));
  const live = brokers.filter(({ fenced }) => !fenced);
  const own = await askEachBroker(options, live, async ({ admin }, brokerId) =>
    (await admin.describeBrokers()).find((broker) => broker.brokerId === brokerId),
  );
  const known = brokers
    .map((broker) => ({ ...broker, ...ownAccount(own.get(broker.brokerId)) }))
    .sort((left, right) => left.brokerId - right.brokerId)
    .map((broker) => ({ ...broker, controller: broker.brokerId === controllerId }));
  if (options.output === 'json') {
    printJson(context, known);
    return;
  }
  const heading = ['BROKER', 'STATE', 'PROCESS', 'CLIENTS', 'RACK', 'PARTITIONS', 'LEADERS'];
  context.out.text(table([...heading, 'LOG-BYTES', 'FREE-BYTES', 'VERSION'], known.map(brokerRow)));
}

function ownAccount(broker: BrokerDescription | undefined): Partial<BrokerDescription> {
  if (broker === undefined) return {};
  const { processId, logBytes, freeBytes, version } = broker;
  return { processId, logBytes, freeBytes, version };
}

function brokerRow(
  broker: BrokerDescription & { readonly controller: boolean },
): (string | number)[] {
  const { brokerId, processId, endpoints, rack, partitions, leaders, version } = broker;
  const answered = version !== '';
  const clients = endpoints.find(({ listener }) => listener === 'client');
  return [
    brokerId,
    stateText(broker),
    processId === 0 ? '-' : processId,
    clients === undefined ? '-' : `${clients.host}:${clients.port}`,
    rack === '' ? '-' : rack,
    partitions,
    leaders,
    answered ? broker.logBytes : '-',
    answered ? broker.freeBytes : '-',
    answered ? version : '-',
  ];
}

function stateText(broker: BrokerDescription & { readonly controller: boolean }): string {
  const states = [
    broker.fenced ? 'down' : 'live',
    ...(broker.controller ? ['controller'] : []),
    ...(broker.cordoned ? ['cordoned'] : []),
    ...(broker.draining ? ['draining'] : []),
  ];
  return states.join(',');
}

export type BrokerVerb = 'cordon' | 'uncordon' | 'drain' | 'undrain';

const CHANGES = {
  cordon: { cordoned: true },
  uncordon: { cordoned: false },
  drain: { draining: true },
  undrain: { draining: false },
} as const;

const DONE = {
  cordon: 'cordoned: new partitions are placed elsewhere',
  uncordon: 'takes new partitions again',
  undrain:
    'no longer draining; what has left does not come back by itself (millrace reassign plan)',
} as const;

export async function alterBroker(
  context: CommandContext,
  request: { readonly verb: BrokerVerb; readonly brokerId: number },
  options: GlobalOptions,
): Promise<void> {
  const { verb, brokerId } = request;
  await withClient(options, async (client) => {
    const change = CHANGES[verb];
    await client.clusterAdmin.alterBroker({ brokerId, ...change });
    if (options.output === 'json') printJson(context, { brokerId, ...change });
    else {
      const said = verb === 'drain' ? await drainText(client, brokerId) : DONE[verb];
      context.out.text(`broker ${brokerId}: ${said}\n`);
    }
  });
}

async function drainText({ admin, clusterAdmin }: Millrace, brokerId: number): Promise<string> {
  const moving = (await clusterAdmin.listReassignments()).filter(
    ({ replicas, wanted }) => replicas.includes(brokerId) && !wanted.includes(brokerId),
  ).length;
  const brokers = await admin.describeBrokers();
  const held = brokers.find((broker) => broker.brokerId === brokerId)?.partitions ?? 0;
  const staying = Math.max(0, held - moving);
  const watch = moving === 0 ? '' : ' (millrace reassign status --watch)';
  const stuck = staying === 0 ? '' : `; ${staying} stay, since no other broker can take a copy`;
  return `draining: its leaders move away, and copies of ${moving} partitions${watch}${stuck}`;
}
