/** /livez, /readyz and /metrics. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  /** What is wrong with this process, so that it should be restarted; undefined: nothing. */
  readonly dead: () => string | undefined;
  /** Why it does not serve yet. */
  readonly unready: () => string | undefined;
}

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Rejects if the port cannot be bound. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, registry, dead, unready } = options;
  const server = createServer((request, response) => {
    const answer = (status: number, body: string, type = 'text/plain'): void => {
      response.writeHead(status, { 'content-type': type });
      response.end(body);
    };
    const probe = (failure: string | undefined): void =>
      answer(failure === undefined ? 200 : 503, `${failure ?? 'ok'}\n`);
    switch (request.url?.split('?')[0]) {
      case '/livez':
        return probe(dead());
      case '/readyz':
        return probe(unready());
      case '/metrics':
        registry.metrics().then(
          (text) => answer(200, text, registry.contentType),
          (error: unknown) => answer(500, `${String(error)}\n`),
        );
        return undefined;
      default:
        return answer(404, 'there are /livez, /readyz and /metrics\n');
    }
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  server.maxConnections = 256;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
