/**
 * Where the API server is and how to prove who asks: kubeconfig or service account, read by @kubernetes/client-node.
 * One connection pool serves all calls [the library makes one per request: 100 lists = 100 open connections]; it is
 * replaced when the CA, or the client's certificate, is another one: both files are re-read at every call, tokens every
 * minute.
 */
import type { AgentOptions } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import {
  type Cluster,
  type DispatcherOptions,
  KubeConfig,
  type RequestContext,
} from '@kubernetes/client-node';
import { Agent, type buildConnector, type Dispatcher, ProxyAgent } from 'undici';

/** HTTP/1.1: a call or a watch each has its connection, so that none waits for another's bytes. */
const CONNECTIONS_MAX = 128;
const CONNECT_MS_MAX = 5000;
const KEEP_ALIVE_DELAY_MS = 15_000;

export class ClusterAccess extends KubeConfig {
  #pool: { readonly dispatcher: Dispatcher; readonly of: string } | undefined;
  #wanted: DispatcherOptions = { type: 'none' };

  /** Of this pod's service account; KUBECONFIG or ~/.kube/config elsewhere. */
  static default(): ClusterAccess {
    const access = new ClusterAccess();
    access.loadFromDefault();
    return access;
  }

  static fromFile(path: string): ClusterAccess {
    const access = new ClusterAccess();
    access.loadFromFile(path);
    return access;
  }

  /** Without a trailing slash. */
  get server(): string {
    const cluster = this.getCurrentCluster();
    if (cluster === null) throw new Error('the kubeconfig names no cluster');
    return cluster.server.replace(/\/$/, '');
  }

  /** Of the current context; undefined: it names none. */
  get namespace(): string | undefined {
    return this.getContextObject(this.getCurrentContext())?.namespace;
  }

  /** The library asks this what to connect with, then makes a pool of its own unless it is told that there is none. */
  override createDispatcherOptions(
    cluster: Cluster | null,
    options: AgentOptions,
  ): DispatcherOptions {
    this.#wanted = super.createDispatcherOptions(cluster, options);
    return { type: 'none' };
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    context.setDispatcher(this.#sharedPool());
  }

  async close(): Promise<void> {
    await this.#pool?.dispatcher.destroy();
    this.#pool = undefined;
  }

  #sharedPool(): Dispatcher {
    const wanted = this.#wanted;
    const of = JSON.stringify(wanted);
    if (this.#pool?.of === of) return this.#pool.dispatcher;
    // What is under way ends on the old one.
    this.#pool?.dispatcher.close().catch(() => undefined);
    const dispatcher = newDispatcher(wanted);
    this.#pool = { dispatcher, of };
    return dispatcher;
  }
}

function newDispatcher(wanted: DispatcherOptions): Dispatcher {
  const shared = { connections: CONNECTIONS_MAX, pipelining: 1, allowH2: false };
  switch (wanted.type) {
    case 'proxy': {
      const { uri, requestTls } = wanted;
      return new ProxyAgent({ ...shared, uri, requestTls: connectOptions(requestTls) });
    }
    case 'socks':
      throw new Error('a SOCKS proxy to the API server is not supported');
    case 'agent':
      return new Agent({ ...shared, connect: connectOptions(wanted.connect) });
    case 'none':
      return new Agent({ ...shared, connect: connectOptions({}) });
  }
}

/** What proves who is who, and nothing of the library's own timing. */
function connectOptions(tls: ConnectionOptions): buildConnector.BuildOptions {
  const { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized } = tls;
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(pfx !== undefined && { pfx }),
    ...(passphrase !== undefined && { passphrase }),
    ...(servername !== undefined && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    timeout: CONNECT_MS_MAX,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
  };
}
