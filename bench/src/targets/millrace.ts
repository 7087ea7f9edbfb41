/**
 * Millrace itself: `broker/start.js`, a process a broker, fsync before every acknowledgement on each replica that counts,
 * its load process on the SDK.
 */
import fs from 'node:fs';
import path from 'node:path';
import { freePorts, portOpens, startChild } from '../child.ts';
import { startLoad } from '../load/loadProcess.ts';
import { ProcessTarget, type Running, type StartOptions } from '../target.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const BROKER = path.join(ROOT, 'broker/start.js');
const LOAD = path.join(import.meta.dirname, '../millrace/load.ts');

/** Variables MILLRACE_<key>_PORT; the client's and the HTTP port are asked for by their places. */
const PORT_KEYS = ['CLIENT', 'HTTP', 'DATA', 'PEER', 'PEER_DATA'];

export class MillraceTarget extends ProcessTarget {
  readonly name = 'millrace';
  #metricsPorts: number[] = [];

  describe(): string {
    const largeGroups = process.env['MILLRACE_LARGE_GROUPS'] ?? 'bypass';
    return `this commit, acks=all, fdatasync before every acknowledgement, largeGroups=${largeGroups}`;
  }

  /** Whether this checkout can be measured. */
  static available(): boolean {
    return fs.existsSync(BROKER) && fs.existsSync(LOAD);
  }

  protected async launch({ brokers, dir }: StartOptions): Promise<Running> {
    const ports = await freePorts(brokers * PORT_KEYS.length);
    const started = Array.from({ length: brokers }, (_, brokerId) => {
      const own = ports.slice(brokerId * PORT_KEYS.length, (brokerId + 1) * PORT_KEYS.length);
      return startBroker(dir, brokerId, own);
    });
    this.#metricsPorts = started.map(({ http }) => http);
    await Promise.all(started.map(({ child, client }) => portOpens(child, client, 30_000)));
    const servers = started.map(({ client }) => `127.0.0.1:${client}`).join(',');
    const load = startLoad(process.execPath, [LOAD, servers], path.join(dir, 'load.log'));
    return { load, brokers: started.map(({ child }) => child) };
  }

  override async selfReported(): Promise<Record<string, number>> {
    const pages = await Promise.all(
      this.#metricsPorts.map(async (port) =>
        (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
      ),
    );
    const lags = pages.map(eventLoopLagP99Seconds).filter((lag) => lag !== undefined);
    return lags.length === 0 ? {} : { 'event loop lag p99, ms': Math.max(...lags) * 1000 };
  }
}

/** All of a cluster share the data directory, as under `npm start -- --brokers N`; each is a process that is measured. */
function startBroker(dir: string, brokerId: number, ports: readonly number[]) {
  const env: Record<string, string> = {
    MILLRACE_DATA: path.join(dir, 'data'),
    MILLRACE_BROKER_ID: `${brokerId}`,
    MILLRACE_LOG_FORMAT: 'json',
  };
  for (const [index, key] of PORT_KEYS.entries()) env[`MILLRACE_${key}_PORT`] = `${ports[index]}`;
  const logFile = path.join(dir, `broker-${brokerId}.log`);
  const child = startChild(process.execPath, [BROKER], { logFile, stdout: 'log', env });
  const [client = 0, http = 0] = ports;
  return { child, client, http };
}

/** From a Prometheus page, whether the lag is kept as a summary or as a gauge per quantile; seconds. */
export function eventLoopLagP99Seconds(page: string): number | undefined {
  const found = /^millrace_event_loop_lag_seconds\{[^}]*quantile="0\.99"[^}]*\}\s+(\S+)/m.exec(
    page,
  );
  return found === null ? undefined : Number(found[1]);
}
