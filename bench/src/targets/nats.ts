/**
 * NATS JetStream, file storage. By default it syncs every two minutes; `sync: 'always'` is its mode that syncs before
 * each acknowledgement. Its load process is peers/nats; a partition is a stream.
 */
import fs from 'node:fs';
import path from 'node:path';
import { freePorts, portOpens, startChild } from '../child.ts';
import { startLoad } from '../load/loadProcess.ts';
import { builtPeer, tool } from '../peerCache.ts';
import { ProcessTarget, type Running, type StartOptions } from '../target.ts';

const SOURCE = path.join(import.meta.dirname, '../../peers/nats');
const SERVER_MODULE = 'github.com/nats-io/nats-server/v2';

export class NatsTarget extends ProcessTarget {
  readonly name: string;
  readonly #sync: 'default' | 'always';

  constructor(sync: 'default' | 'always') {
    super();
    this.name = sync === 'always' ? 'nats-sync' : 'nats';
    this.#sync = sync;
  }

  describe(): string {
    const modules = fs.readFileSync(path.join(SOURCE, 'go.mod'), 'utf8');
    const version = /nats-server\/v2 v(\S+)/.exec(modules)?.[1];
    const sync =
      this.#sync === 'always'
        ? 'sync_interval: always'
        : 'no fsync before the acknowledgement (its default)';
    return `NATS JetStream ${version}, file storage, ${sync}`;
  }

  protected async launch({ brokers, dir, cacheDir }: StartOptions): Promise<Running> {
    const built = await builtPeer(cacheDir, SOURCE, build);
    const ports = await freePorts(2 * brokers);
    const routes = Array.from(
      { length: brokers },
      (_, i) => `nats://127.0.0.1:${ports[2 * i + 1]}`,
    );
    const children = await Promise.all(
      routes.map(async (_, i) => {
        const config = path.join(dir, `server-${i}.conf`);
        const [port = 0, clusterPort = 0] = ports.slice(2 * i);
        const cluster =
          brokers === 1
            ? ''
            : `cluster { name: bench, listen: "127.0.0.1:${clusterPort}", routes: ${JSON.stringify(routes)} }`;
        const sync = this.#sync === 'always' ? ', sync_interval: always' : '';
        fs.writeFileSync(
          config,
          `server_name: n${i}\nlisten: "127.0.0.1:${port}"\n` +
            `jetstream { store_dir: ${JSON.stringify(path.join(dir, `data-${i}`))}${sync} }\n${cluster}\n`,
        );
        const child = startChild(path.join(built, 'nats-server'), ['-c', config], {
          logFile: path.join(dir, `broker-${i}.log`),
          stdout: 'log',
        });
        await portOpens(child, port, 30_000);
        return { child, address: `nats://127.0.0.1:${port}` };
      }),
    );
    const servers = children.map(({ address }) => address).join(',');
    const load = startLoad(path.join(built, 'natsload'), [servers], path.join(dir, 'load.log'));
    return { load, brokers: children.map(({ child }) => child) };
  }
}

async function build(outDir: string): Promise<void> {
  await tool('go', ['build', '-o', path.join(outDir, 'nats-server'), SERVER_MODULE], SOURCE);
  await tool('go', ['build', '-o', path.join(outDir, 'natsload'), '.'], SOURCE);
}
