/**
 * A real API server with its etcd, alone on loopback: no nodes, no controllers. For what talks to the API and needs no
 * pods. Boots in seconds; stopped by the ids of its own processes. Needs kube-apiserver in $CLUSTER_BIN, and etcd.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import {
  accessSync,
  cpSync,
  openSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { ClusterAccess } from '@millrace/kube/clusterAccess';
import { KubeClient } from '@millrace/kube/kubeClient';
import { KubeConnection } from '@millrace/kube/kubeConnection';

const TOKEN = 'loopback-only';
const BOOT_MS_MAX = 240_000;
const POLL_MS = 100;

/** The folder of Kubernetes' programs; undefined: they are not on this machine, and what needs them is skipped. */
export function clusterPrograms(): string | undefined {
  const folder = process.env.CLUSTER_BIN ?? path.join(homedir(), '.cache/millrace-e2e/bin');
  try {
    accessSync(path.join(folder, 'kube-apiserver'));
    return folder;
  } catch {
    return undefined;
  }
}

export class ApiServer {
  readonly port: number;
  /** Of a kubeconfig that may do everything. */
  readonly kubeconfig: string;
  readonly #folder: string;
  readonly #etcdPort: number;
  readonly #peerPort: number;
  #etcd: ChildProcess | undefined;
  #api: ChildProcess | undefined;

  private constructor(folder: string, ports: readonly [number, number, number]) {
    [this.port, this.#etcdPort, this.#peerPort] = ports;
    this.#folder = folder;
    this.kubeconfig = path.join(folder, 'admin.conf');
  }

  static async start(): Promise<ApiServer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'millrace-api-'));
    const server = new ApiServer(folder, [await freePort(), await freePort(), await freePort()]);
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    writeFileSync(path.join(folder, 'sa.key'), privateKey);
    writeFileSync(path.join(folder, 'sa.pub'), publicKey);
    writeFileSync(path.join(folder, 'tokens.csv'), `${TOKEN},admin,admin,system:masters\n`);
    try {
      server.#startEtcd();
      await server.startApi();
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  /** Its own connections, as those of another process. Closed by `connection.close()`. */
  client(options?: ConstructorParameters<typeof KubeConnection>[1]): KubeClient {
    return new KubeClient(new KubeConnection(ClusterAccess.fromFile(this.kubeconfig), options));
  }

  /** Killed, as by an outage; etcd stays. */
  async stopApi(): Promise<void> {
    await end(this.#api);
    this.#api = undefined;
  }

  async startApi(): Promise<void> {
    this.#api = this.#spawn(path.join(clusterPrograms() ?? '', 'kube-apiserver'), 'api', [
      `--etcd-servers=http://127.0.0.1:${this.#etcdPort}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--secure-port=${this.port}`,
      `--cert-dir=${this.#folder}`,
      `--token-auth-file=${this.#file('tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${this.#file('sa.pub')}`,
      `--service-account-signing-key-file=${this.#file('sa.key')}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      '--disable-admission-plugins=ServiceAccount',
      '--profiling=false',
    ]);
    await this.#untilReady();
  }

  /** Frozen: connections stay open and nothing is answered. */
  pauseApi(): void {
    this.#api?.kill('SIGSTOP');
  }

  resumeApi(): void {
    this.#api?.kill('SIGCONT');
  }

  /** What etcd holds now, to be restored later. The API server is away meanwhile. */
  async backup(name: string): Promise<void> {
    await this.#withoutEtcd(() => {
      cpSync(this.#file('etcd'), this.#file(name), { recursive: true });
    });
  }

  /** An old state of everything, as after the loss of etcd: versions that were seen are given again. */
  async restore(name: string): Promise<void> {
    await this.#withoutEtcd(() => {
      rmSync(this.#file('etcd'), { recursive: true });
      cpSync(this.#file(name), this.#file('etcd'), { recursive: true });
    });
  }

  async close(): Promise<void> {
    await this.stopApi();
    await end(this.#etcd);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #withoutEtcd(change: () => void): Promise<void> {
    await this.stopApi();
    await end(this.#etcd);
    change();
    this.#startEtcd();
    await this.startApi();
  }

  #startEtcd(): void {
    const client = `http://127.0.0.1:${this.#etcdPort}`;
    const peer = `http://127.0.0.1:${this.#peerPort}`;
    this.#etcd = this.#spawn('etcd', 'etcd', [
      `--data-dir=${this.#file('etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync',
    ]);
  }

  #spawn(program: string, name: string, args: readonly string[]): ChildProcess {
    const log = openSync(this.#file(`${name}.log`), 'a');
    const child = spawn(program, args, { stdio: ['ignore', log, log] });
    endWithUs(child);
    return child;
  }

  async #untilReady(): Promise<void> {
    const until = performance.now() + BOOT_MS_MAX;
    let cause: unknown;
    while (performance.now() < until && this.#api?.exitCode === null) {
      try {
        // Written by the API server at its first start.
        const authority = readFileSync(this.#file('apiserver.crt'));
        writeFileSync(this.kubeconfig, JSON.stringify(this.#config(authority)));
        const { connection } = this.client({ deadlineMs: 2000 });
        try {
          await connection.call({ method: 'GET', path: '/readyz' });
          return;
        } finally {
          await connection.close();
        }
      } catch (error) {
        cause = error;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    }
    const log = readFileSync(this.#file('api.log'), 'utf8').split('\n').slice(-20).join('\n');
    throw new Error(`the API server did not come up:\n${log}`, { cause });
  }

  #config(authority: Buffer): object {
    const server = `https://127.0.0.1:${this.port}`;
    const data = authority.toString('base64');
    return {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': data } }],
      users: [{ name: 'u', user: { token: TOKEN } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'default' } }],
      'current-context': 'c',
    };
  }

  #file(name: string): string {
    return path.join(this.#folder, name);
  }
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Nothing is left behind by a test that fails. */
export function endWithUs(child: ChildProcess): void {
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.close();
  await once(server, 'close');
  return port;
}
