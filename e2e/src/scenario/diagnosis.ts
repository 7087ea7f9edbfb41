/** What a failed scenario leaves for whoever looks into it: objects, events and logs, in files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Installation } from './installation.ts';

const RESULTS = process.env.E2E_RESULTS;
const LOG_LINES = 2000;

export async function diagnose(installation: Installation): Promise<void> {
  if (RESULTS === undefined) return;
  const folder = path.join(RESULTS, installation.namespace);
  mkdirSync(folder, { recursive: true });
  const save = async (file: string, ...args: string[]): Promise<void> => {
    const text = await installation.kubectl(...args).catch(String);
    writeFileSync(path.join(folder, file), text);
  };
  await save('pods.txt', 'get', 'pods,pvc,statefulsets,services,pdb', '-o', 'wide');
  await save('millrace.yaml', 'get', 'millrace,millrace-internal', '-o', 'yaml');
  await save('events.txt', 'get', 'events', '--sort-by=.metadata.creationTimestamp');
  await save('describe.txt', 'describe', 'pods');
  const names = await installation.kubectl('get', 'pods', '-o', 'name').catch(() => '');
  for (const name of names.split('\n').filter((line) => line !== '')) {
    const file = path.basename(name);
    await save(`${file}.log`, 'logs', name, `--tail=${LOG_LINES}`);
    await save(`${file}.previous.log`, 'logs', name, '--previous', `--tail=${LOG_LINES}`);
  }
}
