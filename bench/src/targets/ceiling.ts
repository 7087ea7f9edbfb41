/** What machine and runtime allow, as a target: src/ceiling. Every other figure can be read as a share of it. */
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startChild } from '../child.ts';
import { startLoad } from '../load/loadProcess.ts';
import { ProcessTarget, type Running, type StartOptions } from '../target.ts';
import type { Workload } from '../workload.ts';

const SOURCE = path.join(import.meta.dirname, '../ceiling');

export class CeilingTarget extends ProcessTarget {
  readonly name = 'ceiling';

  describe(): string {
    return 'bytes through HTTP/2, CRC-32C, segment, journal with fdatasync before the acknowledgement; no records';
  }

  /** It encodes no records, so that their number says nothing. */
  override runs(workload: Workload): boolean {
    return workload.name !== 'produce-100';
  }

  protected async launch({ brokers, dir }: StartOptions): Promise<Running> {
    const followers: { port: string; child: Awaited<ReturnType<typeof startBroker>>['child'] }[] =
      [];
    for (let i = 1; i < brokers; i++) followers.push(await startBroker(dir, i, []));
    const ports = followers.map(({ port }) => port);
    const leader = await startBroker(dir, 0, ports);
    const loadArgs = [path.join(SOURCE, 'load.ts'), leader.port];
    const load = startLoad(process.execPath, loadArgs, path.join(dir, 'load.log'));
    return { load, brokers: [leader.child, ...followers.map(({ child }) => child)] };
  }
}

async function startBroker(dir: string, id: number, followerPorts: readonly string[]) {
  const dataDir = path.join(dir, `data-${id}`);
  fs.mkdirSync(dataDir);
  const child = startChild(
    process.execPath,
    [path.join(SOURCE, 'broker.ts'), dataDir, ...followerPorts],
    {
      logFile: path.join(dir, `broker-${id}.log`),
      stdout: 'pipe',
      env: { UV_THREADPOOL_SIZE: '16' },
    },
  );
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (first.done) throw new Error('the ceiling broker ended before it listened');
  return { child, port: first.value };
}
