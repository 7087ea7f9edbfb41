/** /livez as soon as it is bound, /readyz once the broker serves, /metrics for Prometheus. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { MillraceError } from '@millrace/core/errors';
import { listenFailure } from './listenFailure.ts';
import type { Metrics } from './metrics.ts';

const HEADERS_MS_MAX = 10_000;

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly metrics: Metrics;
  /** Why it does not serve; undefined while it does. */
  readonly unready: () => MillraceError | undefined;
}

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Throws CONFLICT for a port that can't be bound. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, metrics, unready } = options;
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') answer(response, 405, 'GET only\n');
    else if (path === '/livez') answer(response, 200, 'ok\n');
    else if (path === '/readyz') {
      const reason = unready();
      if (reason === undefined) answer(response, 200, 'ok\n');
      else answer(response, 503, `${reason.code}: ${reason.message}\n`);
    } else if (path === '/metrics') {
      metrics.registry.metrics().then(
        (text) => answer(response, 200, text, metrics.registry.contentType),
        (error: unknown) => answer(response, 500, `${String(error)}\n`),
      );
    } else answer(response, 404, 'there are /livez, /readyz and /metrics\n');
  });
  server.headersTimeout = HEADERS_MS_MAX;
  server.requestTimeout = HEADERS_MS_MAX;
  server.maxConnections = 256;
  const port = await listen(server, options.port, host);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const refused = (error: Error): void => reject(listenFailure('httpPort', host, port, error));
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
