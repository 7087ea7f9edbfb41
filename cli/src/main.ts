/** The process `millrace`: standard streams, signals, exit code. The only place that reads the environment or exits. */
import { CommanderError } from 'commander';
import type { CommandContext } from './commandContext.ts';
import { describeFailure, EXIT_OK, EXIT_USAGE, failureJson, failureText } from './errorReport.ts';
import { BrokenPipeError, OutputWriter } from './output/outputWriter.ts';
import { commandPath, wantsJson } from './commandLine.ts';
import { buildProgram } from './program.ts';
import { UsageError } from './usageError.ts';

const STDOUT = 1;
const COMPLETION_COMMANDS: readonly string[] = ['complete', 'completion'];

const args = process.argv.slice(2);
const stop = new AbortController();
const out = new OutputWriter(STDOUT, (failure) => stop.abort(failure));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop.abort();
    // The next one ends the process by the system's default, whatever it is waiting for.
    process.removeAllListeners(signal);
  });
}
// A closed terminal is no reason for a trace.
process.stderr.on('error', () => {});

const context = (): CommandContext => ({
  out,
  note: (text) => process.stderr.write(text),
  stop: stop.signal,
  stdin: process.stdin,
  stdinIsTerminal: process.stdin.isTTY === true,
  stdoutIsTerminal: process.stdout.isTTY === true,
  stderrIsTerminal: process.stderr.isTTY === true,
  // A terminal that does not know its size says 0.
  terminalSize: () => ({
    columns: process.stdout.columns || 80,
    rows: process.stdout.rows || 24,
  }),
  nowMs: Date.now,
});

const program = buildProgram(context, {
  writeOut: (text) => out.text(text),
  writeErr: (text) => process.stderr.write(text),
});

async function run(): Promise<number> {
  try {
    if (COMPLETION_COMMANDS.includes(args[0] ?? '')) {
      const { addCompletion } = await import('./completion.ts');
      addCompletion(program);
    }
    await program.parseAsync(args, { from: 'user' });
    await out.end();
    return EXIT_OK;
  } catch (thrown) {
    return await fail(thrown);
  }
}

async function fail(thrown: unknown): Promise<number> {
  if (thrown instanceof BrokenPipeError) return EXIT_OK;
  let reported = thrown;
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === EXIT_OK) {
      await out.end();
      return EXIT_OK;
    }
    // The help that commander has printed says it all.
    if (thrown.code === 'commander.help') return EXIT_USAGE;
    reported = new UsageError(thrown.message.replace(/^error: /, ''));
  }
  // What was printed before the failure counts; that nobody reads it does not.
  await out.end().catch(() => {});
  const failure = describeFailure(reported, commandPath(program, args));
  process.stderr.write(wantsJson(args) ? failureJson(failure) : failureText(failure));
  return failure.exitCode;
}

process.exit(await run());
