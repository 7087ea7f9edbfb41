/** What can be said of a command line that could not be parsed. */
import type { Command } from 'commander';

/** `millrace topic create`: as far as the arguments name commands. */
export function commandPath(program: Command, args: readonly string[]): string {
  let command = program;
  const path = [program.name()];
  for (const arg of args) {
    const next = command.commands.find((candidate) => candidate.name() === arg);
    if (next === undefined) continue;
    command = next;
    path.push(arg);
  }
  return path.join(' ');
}

export function wantsJson(args: readonly string[]): boolean {
  return args.some(
    (arg, index) =>
      arg === '--output=json' ||
      arg === '-Ojson' ||
      (arg === 'json' && ['--output', '-O'].includes(args[index - 1] ?? '')),
  );
}
