/** Programs beside the scenario: helm, kubectl, and the test cluster's own. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const OUTPUT_BYTES_MAX = 64 * 2 ** 20;
export const REPOSITORY = path.join(import.meta.dirname, '../../..');

/** Its standard output. Rejects with what it says when it fails. */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly timeoutMs?: number } = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(program, [...args], {
    cwd: REPOSITORY,
    maxBuffer: OUTPUT_BYTES_MAX,
    timeout: options.timeoutMs ?? 60_000,
  });
  return stdout;
}
