/**
 * Many groups on a cluster: what they cost while nothing happens, and how many commits a second it takes.
 *
 *     node bench/src/groups/main.ts --groups 1000 --members 10 --brokers 3 --commits 10000 --seconds 30
 *
 * CPU is that of the broker processes, per cent of one core.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Millrace } from '@millrace/client/millrace';
import { freePorts, portOpens, startChild } from '../child.ts';
import { startMachineLoad } from '../machineLoad.ts';
import { startUsage } from '../processUsage.ts';
import { commitOf, machine } from '../report/report.ts';
import { eventLoopLagP99Seconds } from '../targets/millrace.ts';
import { type CommitFigures, commitAtRate } from './commitLoad.ts';
import { Swarm } from './swarm.ts';

const BROKER = path.join(import.meta.dirname, '../../../broker/start.js');
const PORT_KEYS = ['CLIENT', 'HTTP', 'DATA', 'PEER', 'PEER_DATA'];
/** After the last join: assignments, first looks at lag, the compiler. */
const SETTLE_MS = 15_000;

const { values } = parseArgs({
  options: {
    groups: { type: 'string', default: '1000' },
    members: { type: 'string', default: '10' },
    brokers: { type: 'string', default: '3' },
    commits: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '30' },
  },
});
const [groups, membersPerGroup, brokers, commitsPerSecond, seconds] = [
  values.groups,
  values.members,
  values.brokers,
  values.commits,
  values.seconds,
].map(Number) as [number, number, number, number, number];

interface Window {
  readonly cpuPercent: readonly number[];
  readonly loopLagP99Ms: readonly number[];
  /** Share of the machine that went to anything but brokers. */
  readonly otherShare: number;
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-groups-'));
const ports = await freePorts(brokers * PORT_KEYS.length);
const started = Array.from({ length: brokers }, (_, brokerId) => {
  const own = ports.slice(brokerId * PORT_KEYS.length, (brokerId + 1) * PORT_KEYS.length);
  const env: Record<string, string> = {
    MILLRACE_DATA: path.join(dir, 'data'),
    MILLRACE_BROKER_ID: `${brokerId}`,
  };
  for (const [index, key] of PORT_KEYS.entries()) env[`MILLRACE_${key}_PORT`] = `${own[index]}`;
  const logFile = path.join(dir, `broker-${brokerId}.log`);
  const child = startChild(process.execPath, [BROKER], { logFile, stdout: 'log', env });
  const [client = 0, http = 0] = own;
  return { child, client, http };
});
const servers = started.map(({ client }) => `127.0.0.1:${client}`).join(',');
const client = new Millrace({ server: servers });
const swarm = new Swarm(client, servers);
try {
  await Promise.all(started.map(({ child, client: port }) => portOpens(child, port, 120_000)));
  while ((await client.admin.describeCluster()).brokers.length < brokers) await sleep(200);
  await client.admin.createTopic({ name: 'work', partitions: membersPerGroup });
  const joinMs = performance.now();
  await swarm.join({ groups, membersPerGroup, topic: 'work' });
  const joinSeconds = (performance.now() - joinMs) / 1000;
  await sleep(SETTLE_MS);
  const idle = await measured(() => sleep(seconds * 1000));
  let commits: CommitFigures | undefined;
  const busy = await measured(async () => {
    commits = await commitAtRate(swarm.members, commitsPerSecond, seconds);
  });
  print(joinSeconds, idle, busy, commits);
} finally {
  swarm.close();
  await client.close().catch(() => {});
  await Promise.all(started.map(({ child }) => child.stop()));
  fs.rmSync(dir, { recursive: true, force: true });
}
process.exit(0);

async function measured(work: () => Promise<void>): Promise<Window> {
  await loopLags();
  const usage = startUsage(started.map(({ child }, at) => ({ pid: child.pid, role: `${at}` })));
  const load = startMachineLoad();
  const fromMs = performance.now();
  await work();
  const elapsed = (performance.now() - fromMs) / 1000;
  const used = usage().map(({ cpuSeconds }) => cpuSeconds);
  return {
    cpuPercent: used.map((cpu) => (cpu / elapsed) * 100),
    otherShare: load(used.reduce((sum, cpu) => sum + cpu, 0)),
    loopLagP99Ms: await loopLags(),
  };
}

/** Since the last time. */
async function loopLags(): Promise<number[]> {
  const pages = started.map(async ({ http }) =>
    (await fetch(`http://127.0.0.1:${http}/metrics`)).text(),
  );
  return (await Promise.all(pages)).map((page) => (eventLoopLagP99Seconds(page) ?? 0) * 1000);
}

function print(
  joinSeconds: number,
  idle: Window,
  busy: Window,
  commits: CommitFigures | undefined,
): void {
  const list = (numbers: readonly number[]): string =>
    numbers.map((number) => number.toFixed(1)).join(', ');
  const owners = swarm.members.filter(({ owned }) => owned.length > 0).length;
  const refused = new Map<string, number>();
  for (const { refusals } of swarm.members) {
    for (const [code, count] of refusals) refused.set(code, (refused.get(code) ?? 0) + count);
  }
  const rows = [
    ['commit, machine', `${commitOf(process.cwd())}, ${machine()}`],
    ['groups, members, brokers', `${groups}, ${groups * membersPerGroup}, ${brokers}`],
    ['joined in, members with partitions', `${joinSeconds.toFixed(1)} s, ${owners}`],
    ['idle: CPU of each broker, %', list(idle.cpuPercent)],
    ['idle: event loop lag p99, ms', list(idle.loopLagP99Ms)],
    ['idle: share of the machine used by others', idle.otherShare.toFixed(2)],
    ['commits/s: wanted, answered', `${commitsPerSecond}, ${commits?.perSecond.toFixed(0)}`],
    ['commits: latency p50, p99, ms', `${commits?.p50Ms.toFixed(1)}, ${commits?.p99Ms.toFixed(1)}`],
    ['commits: failed', `${commits?.failed}`],
    ['commits: CPU of each broker, %', list(busy.cpuPercent)],
    ['commits: event loop lag p99, ms', list(busy.loopLagP99Ms)],
    ['commits: share of the machine used by others', busy.otherShare.toFixed(2)],
    ['refusals', JSON.stringify(Object.fromEntries(refused))],
  ];
  console.log('| what | figure |\n| --- | --- |');
  for (const [what, figure] of rows) console.log(`| ${what} | ${figure} |`);
}
