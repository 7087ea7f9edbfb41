/** What a command gets from the process: nothing else reads the environment, the clock or the standard streams. */
import type { Readable } from 'node:stream';
import type { Millrace } from '@millrace/client/millrace';
import type { OutputWriter } from './output/outputWriter.ts';

export interface GlobalOptions {
  /** host:port, several separated by commas and tried in turn. */
  readonly server: string;
  readonly output: 'text' | 'json';
  /** Milliseconds for a request. */
  readonly timeout?: number;
  readonly progress: boolean;
}

export interface CommandContext {
  readonly out: OutputWriter;
  /** For people, on standard error. */
  readonly note: (text: string) => void;
  /** Aborted by the first SIGINT or SIGTERM, or when nobody reads the output: finish what was begun and end. */
  readonly stop: AbortSignal;
  /** A terminal's can be asked for single keys. */
  readonly stdin: Readable & { setRawMode?(on: boolean): unknown };
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Of standard output, as it is now. */
  readonly terminalSize: () => { readonly columns: number; readonly rows: number };
  readonly nowMs: () => number;
}

/** Connects, runs and disconnects, however it ends. */
export async function withClient<T>(
  options: GlobalOptions,
  run: (client: Millrace) => Promise<T>,
): Promise<T> {
  const { Millrace: Client } = await import('@millrace/client/millrace');
  const client = new Client({
    server: options.server,
    clientId: 'millrace-cli',
    youngGarbage: 'collect',
    deadlineMs: options.timeout,
  });
  try {
    return await run(client);
  } finally {
    await client.close();
  }
}

export function printJson(context: CommandContext, value: unknown): void {
  context.out.text(`${JSON.stringify(value, null, 2)}\n`);
}
