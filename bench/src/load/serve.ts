/** The child's side of the line protocol: commands in order, one at a time, a failure answered and survived. */
import { createInterface } from 'node:readline';
import type { LoadDriver } from './driver.ts';
import { runCommand } from './generator.ts';
import type { LoadCommand, LoadReply } from './protocol.ts';

export async function serveLoad(driver: LoadDriver): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const command: LoadCommand = JSON.parse(line);
    const reply: LoadReply = await runCommand(driver, command).catch((error: unknown) => ({
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }));
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  process.exit(0);
}
