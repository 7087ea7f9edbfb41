/**
 * Millrace itself: `broker/start.js` as a process of its own, fsync before every acknowledgement, its load process
 * on the SDK.
 */
import fs from 'node:fs';
import path from 'node:path';
import { freePorts, portOpens, startChild } from '../child.ts';
import { startLoad } from '../load/loadProcess.ts';
import { ProcessTarget, type Running, type StartOptions } from '../target.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const BROKER = path.join(ROOT, 'broker/start.js');
const LOAD = path.join(import.meta.dirname, '../millrace/load.ts');

export class MillraceTarget extends ProcessTarget {
  readonly name = 'millrace';
  #metricsPorts: number[] = [];

  describe(): string {
    return 'this commit, acks=all, journal fdatasync before every acknowledgement';
  }

  /** Whether this checkout can be measured. */
  static available(): boolean {
    return fs.existsSync(BROKER) && fs.existsSync(LOAD);
  }

  protected async launch({ brokers, dir }: StartOptions): Promise<Running> {
    if (brokers !== 1) throw new Error('millrace: only one broker yet');
    const [client = 0, peer = 0, http = 0, data = 0, peerData = 0] = await freePorts(5);
    const broker = startChild(process.execPath, [BROKER], {
      logFile: path.join(dir, 'broker-0.log'),
      stdout: 'log',
      env: {
        MILLRACE_DATA: path.join(dir, 'data-0'),
        MILLRACE_LOG_FORMAT: 'json',
        MILLRACE_CLIENT_PORT: `${client}`,
        MILLRACE_PEER_PORT: `${peer}`,
        MILLRACE_HTTP_PORT: `${http}`,
        MILLRACE_DATA_PORT: `${data}`,
        MILLRACE_PEER_DATA_PORT: `${peerData}`,
      },
    });
    this.#metricsPorts = [http];
    await portOpens(broker, client, 30_000);
    const args = [LOAD, `127.0.0.1:${client}`];
    const load = startLoad(process.execPath, args, path.join(dir, 'load.log'));
    return { load, brokers: [broker] };
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

/** From a Prometheus page, whether the lag is kept as a summary or as a gauge per quantile; seconds. */
export function eventLoopLagP99Seconds(page: string): number | undefined {
  const found = /^millrace_event_loop_lag_seconds\{[^}]*quantile="0\.99"[^}]*\}\s+(\S+)/m.exec(
    page,
  );
  return found === null ? undefined : Number(found[1]);
}
