/** Asks the person at the terminal before something that can not be undone. */
import { createInterface } from 'node:readline/promises';
import type { CommandContext } from '../commandContext.ts';
import { UsageError } from '../usageError.ts';

/** True if `wanted` was typed. Throws UsageError where nobody can be asked: then `--yes` says it. */
export async function confirmed(
  context: CommandContext,
  question: string,
  wanted: string,
): Promise<boolean> {
  if (!context.stdinIsTerminal || !context.stderrIsTerminal) {
    throw new UsageError('nobody can be asked for confirmation here: give --yes');
  }
  const asking = createInterface({ input: context.stdin, output: process.stderr });
  try {
    const answer = await asking.question(question, { signal: context.stop });
    return answer.trim() === wanted;
  } finally {
    asking.close();
  }
}
