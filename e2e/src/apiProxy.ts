/**
 * Stands between a client and the API server and does what networks and overloaded servers do: answers 429, loses the
 * answer to a request that was carried out, cuts connections. Plain HTTP on loopback.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ClusterAccess } from '@millrace/kube/clusterAccess';
import { HttpMethod, RequestContext } from '@kubernetes/client-node';
import { type Dispatcher, request as undiciRequest } from 'undici';

export type Fate =
  | 'pass'
  /** 429 with `Retry-After: 1`; not carried out. */
  | 'throttle'
  /** Carried out; then the connection breaks. */
  | 'lose-answer'
  /** Carried out; the answer never comes, the connection stays. */
  | 'hold-answer';

export interface ProxiedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

export class ApiProxy {
  /** What becomes of a request. */
  decide: (request: ProxiedRequest) => Fate = () => 'pass';
  /** Requests that came, in order. */
  readonly seen: ProxiedRequest[] = [];
  readonly #access: ClusterAccess;
  readonly #server: Server;
  #port = 0;

  private constructor(access: ClusterAccess) {
    this.#access = access;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  /** `access`: to the API server, with its credentials. Closed with it. */
  static async start(access: ClusterAccess): Promise<ApiProxy> {
    const proxy = new ApiProxy(access);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    const address = proxy.#server.address();
    proxy.#port = typeof address === 'object' && address !== null ? address.port : 0;
    return proxy;
  }

  /** Writes a kubeconfig for it into the folder. */
  kubeconfig(folder: string): string {
    const file = path.join(folder, `proxy-${this.#port}.conf`);
    // The library takes plain HTTP only from who waives TLS.
    const server = `http://127.0.0.1:${this.#port}`;
    const cluster = { server, 'insecure-skip-tls-verify': true };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'default' } }],
      'current-context': 'c',
    };
    writeFileSync(file, JSON.stringify(config));
    return file;
  }

  /** Breaks every connection, watches among them; new ones are taken. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
    await this.#access.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = 'GET', url = '/' } = request;
    const asked = { method, path: url };
    this.seen.push(asked);
    const fate = this.decide(asked);
    if (fate === 'throttle') {
      response.writeHead(429, { 'retry-after': '1', 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', reason: 'TooManyRequests', message: 'wait' }));
      return;
    }
    const answer = await this.#forward(request, method, url, Buffer.concat(chunks), response);
    if (fate === 'pass') {
      response.writeHead(answer.statusCode, {
        'content-type': String(answer.headers['content-type']),
      });
      for await (const chunk of answer.body) {
        if (!response.write(chunk)) await once(response, 'drain');
      }
      response.end();
      return;
    }
    await answer.body.text();
    if (fate === 'lose-answer') response.destroy();
  }

  async #forward(
    { headers }: IncomingMessage,
    method: string,
    url: string,
    body: Buffer,
    response: ServerResponse,
  ): Promise<Dispatcher.ResponseData> {
    const ended = new AbortController();
    response.once('close', () => ended.abort());
    const target = new URL(this.#access.server + url);
    const context = new RequestContext(target.toString(), HttpMethod.GET);
    await this.#access.applySecurityAuthentication(context);
    const type = headers['content-type'];
    return await undiciRequest(target, {
      method: method as Dispatcher.HttpMethod,
      headers: { ...context.getHeaders(), ...(type !== undefined && { 'content-type': type }) },
      body: body.length === 0 ? null : body,
      dispatcher: context.getDispatcher() as Dispatcher,
      signal: ended.signal,
      bodyTimeout: 0,
    });
  }
}
