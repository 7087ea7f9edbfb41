/** `millrace group lag`: of some groups by partition, of all in sum. */
import {
  type CommandContext,
  type GlobalOptions,
  printJson,
  withClient,
} from '../commandContext.ts';
import { lagJson, partitionTable, summaryTable } from '../group/lagTable.ts';

export interface LagOptions extends GlobalOptions {
  readonly partitions?: boolean;
}

/** Fails with what the first of the named groups failed with, after the others. */
export async function groupLag(
  context: CommandContext,
  names: readonly string[],
  options: LagOptions,
): Promise<void> {
  const shape = names.length > 0 || options.partitions === true ? 'partitions' : 'summary';
  const groups = await withClient(options, ({ groupAdmin }) =>
    groupAdmin.describeLag({ groups: names, summary: shape === 'summary' }),
  );
  const known = groups.filter(({ error }) => error === undefined);
  if (options.output === 'json') {
    printJson(
      context,
      known.map((group) => lagJson(group, shape)),
    );
  } else if (shape === 'summary') context.out.text(summaryTable(known));
  else {
    const texts = known.map((group) => {
      return `${summaryTable([group])}\n${partitionTable(group.partitionLags)}`;
    });
    context.out.text(texts.join('\n'));
  }
  const failure = groups.find(({ error }) => error !== undefined)?.error;
  if (failure !== undefined) throw failure;
}
