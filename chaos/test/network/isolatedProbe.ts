/** Run by isolation.test.ts as a process: tries, inside namespaces, what faults of links and disks do. Prints JSON. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SmallDisk } from '../../src/fault/smallDisk.ts';
import { isIsolated, isolate } from '../../src/network/isolation.ts';
import { NamespaceNetwork } from '../../src/network/namespaceNetwork.ts';
import { CLIENTS, type Command } from '../../src/network/network.ts';

const PORT = 7071;
const SILENCE_MS = 700;
const SERVER = `require('node:net').createServer().listen(${PORT}, process.argv[1])`;
const CLIENT = `
  const socket = require('node:net').connect(${PORT}, process.argv[1]);
  socket.once('connect', () => process.exit(0)).once('error', () => process.exit(2));
  setTimeout(() => process.exit(3), ${SILENCE_MS});
`;

const network = isIsolated() ? new NamespaceNetwork(2) : undefined;
if (network === undefined) print({ skipped: isolate() });
else await probe(network);

async function probe(links: NamespaceNetwork): Promise<void> {
  const run = links.inside(1, node(SERVER, links.hostOf(1)));
  const server = spawn(run.file, [...run.args], { stdio: 'ignore' });
  const reaches = (from: number): string => {
    const command = node(CLIENT, links.hostOf(1));
    const { file, args } = from === CLIENTS ? command : links.inside(from, command);
    const { status } = spawnSync(file, [...args], { stdio: 'ignore' });
    return status === 0 ? 'yes' : status === 3 ? 'silent' : 'refused';
  };
  /** On a busy machine one attempt may be too slow. */
  const reachesAgain = async (from: number): Promise<string> => {
    for (let attempt = 0; attempt < 40 && reaches(from) !== 'yes'; attempt++) await delay(20);
    return reaches(from);
  };
  await reachesAgain(0);
  const found: Record<string, string> = {};
  links.block(0, 1);
  links.block(0, 1);
  found.blocked = reaches(0);
  found.clientsMeanwhile = await reachesAgain(CLIENTS);
  links.unblock(0, 1);
  found.blockedByTwo = reaches(0);
  links.unblock(0, 1);
  found.unblocked = await reachesAgain(0);
  links.block(1, 0);
  found.answersBlocked = reaches(0);
  links.unblock(1, 0);
  links.block(CLIENTS, 1);
  found.clientsBlocked = reaches(CLIENTS);
  links.unblock(CLIENTS, 1);
  found.clientsUnblocked = await reachesAgain(CLIENTS);
  server.kill('SIGKILL');
  links.close();
  print({ ...found, ...disk() });
}

function disk(): Record<string, string> {
  const directory = mkdtempSync(path.join(tmpdir(), 'millrace-disk-'));
  let small: SmallDisk;
  try {
    small = new SmallDisk(directory, 0);
  } catch (error) {
    return { disk: `skipped: ${String(error)}` };
  }
  const write = (name: string): string => {
    try {
      writeFileSync(path.join(directory, 'broker-0', name), Buffer.alloc(1 << 20));
      return 'written';
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'failed';
    }
  };
  const before = write('a');
  small.fill();
  const full = write('b');
  small.free();
  const after = write('c');
  small.unmount();
  rmSync(directory, { recursive: true });
  return { disk: [before, full, after].join(', ') };
}

function node(script: string, argument: string): Command {
  return { file: process.execPath, args: ['-e', script, argument] };
}

function print(found: Record<string, string>): void {
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
