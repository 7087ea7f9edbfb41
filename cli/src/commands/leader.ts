/** `millrace leader move|elect-unclean`. */
import type { TopicPartition } from '@millrace/client/clusterAdmin';
import {
  type CommandContext,
  type GlobalOptions,
  printJson,
  withClient,
} from '../commandContext.ts';
import { askEachBroker } from '../eachBroker.ts';
import { InputError } from '../inputError.ts';
import { confirmed } from '../output/confirmation.ts';

export async function moveLeader(
  context: CommandContext,
  { topic, partition, brokerId }: TopicPartition & { readonly brokerId: number },
  options: GlobalOptions,
): Promise<void> {
  await withClient(options, ({ clusterAdmin }) =>
    clusterAdmin.moveLeader({ topic, partition }, brokerId),
  );
  if (options.output === 'json') printJson(context, { topic, partition, leader: brokerId });
  else context.out.text(`${topic}:${partition}: led by broker ${brokerId}\n`);
}

export interface ElectOptions extends GlobalOptions {
  readonly yes?: boolean;
}

/** Says what may be lost and asks, unless `--yes` is given. */
export async function electUnclean(
  context: CommandContext,
  { topic, partition, copy }: TopicPartition & { readonly copy: string },
  options: ElectOptions,
): Promise<void> {
  const name = `${topic}:${partition}`;
  if (options.output === 'text' || options.yes !== true) {
    context.note(await lossText({ topic, partition, copy }, options));
  }
  if (options.yes !== true && !(await confirmed(context, `Type ${name} to go on: `, name))) {
    throw new InputError('not confirmed; nothing was changed', `type ${name}, or give --yes`);
  }
  await withClient(options, ({ clusterAdmin }) =>
    clusterAdmin.uncleanElect({ topic, partition }, copy),
  );
  if (options.output === 'json') printJson(context, { topic, partition, copy });
  else context.out.text(`${name}: copy ${copy} leads, by an unclean election\n`);
}

async function lossText(
  { topic, partition, copy }: TopicPartition & { readonly copy: string },
  options: GlobalOptions,
): Promise<string> {
  const { described, brokers } = await withClient(options, async ({ admin }) => ({
    described: await admin.describeTopic(topic),
    brokers: (await admin.describeCluster()).brokers,
  }));
  const status = described.partitionDetails[partition];
  const answers = await askEachBroker(options, brokers, async ({ clusterAdmin }) =>
    (await clusterAdmin.describeCopies(topic)).filter((each) => each.partition === partition),
  );
  const copies = [...answers.values()].flat();
  const named = copies.find((each) => each.copy === copy);
  const end = named === undefined ? 'has not been seen' : `ends at offset ${named.logEnd}`;
  const others = copies
    .filter((each) => each.copy !== copy)
    .map((each) => `${each.copy} ends at ${each.logEnd}`);
  const isr = status === undefined || status.isr.length === 0 ? 'none' : status.isr.join(',');
  return (
    `${topic}:${partition}: an unclean election loses acknowledged records for good.\n` +
    `  copy ${copy} ${end}; whatever other copies hold past that is deleted there\n` +
    `  brokers last in sync: ${isr}; if one of them can come back, start it instead\n` +
    `  other live copies: ${others.length === 0 ? 'none' : others.join(', ')}\n` +
    '  the partition records for ever that this was done (UNCLEAN-EPOCH)\n'
  );
}
