/** The bench's side of the line protocol: owns one load process; one command in flight. */
import { createInterface } from 'node:readline';
import { startChild } from '../child.ts';
import type { LoadCommand, LoadReply } from './protocol.ts';

export interface LoadProcess {
  readonly pid: number;
  /** Throws with the load process's own message when the command failed there. */
  ask(command: LoadCommand): Promise<LoadReply>;
  stop(): Promise<void>;
}

/** Beyond what the command itself asks for: a Kafka producer needs 30 s to touch 1,000 new partitions. */
const EXTRA_MS_MAX = 180_000;

export function startLoad(command: string, args: readonly string[], logFile: string): LoadProcess {
  const child = startChild(command, args, { logFile, stdout: 'pipe' });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid,
    async ask(message) {
      const asked = 'seconds' in message ? message.seconds * 1000 : 0;
      // Ends the process, and so the wait for its answer; whatever is asked later fails at once.
      const overdue = setTimeout(() => void child.stop(), asked + EXTRA_MS_MAX);
      child.stdin.write(`${JSON.stringify(message)}\n`);
      const { value, done } = await lines.next().finally(() => clearTimeout(overdue));
      if (done) throw new Error(`load process ended during ${message.op}; see ${logFile}`);
      const reply: LoadReply = JSON.parse(value);
      if (reply.error !== undefined) throw new Error(`${message.op}: ${reply.error}`);
      return reply;
    },
    stop: () => child.stop(),
  };
}
