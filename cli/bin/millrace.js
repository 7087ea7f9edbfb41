#!/usr/bin/env node
// Runs the command line on Node 26, which npm installs beside it, whatever `node` the shell found first.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NODE_MAJOR_MIN = 24;
const here = path.dirname(fileURLToPath(import.meta.url));
const main = path.join(here, '../src/main.ts');
if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) {
  // Stripped and compiled modules from the run before: half of the start-up time. Below node_modules, not in a shared
  // temporary directory: who can write to the cache decides what runs. Where that cannot be written there is none.
  module.enableCompileCache(path.join(here, '../../node_modules/.cache/millrace-cli'));
  await import(pathToFileURL(main).href);
} else {
  const node = path.join(here, '../../node_modules/.bin/node');
  if (!existsSync(node)) {
    process.stderr.write(
      `millrace needs Node ${NODE_MAJOR_MIN} or later; this is ${process.version}. Run npm ci, which brings it.\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  // A terminal sends SIGINT to both; the child decides when it is done. Others reach it only from here.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
