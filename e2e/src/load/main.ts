/**
 * The clients of a scenario, in a pod of their own: they go on whatever becomes of the API server, and reach brokers as any
 * client in Kubernetes does. Told what to do over HTTP, through the API server's proxy: GET /state, /mark, /end.
 */
import { createServer } from 'node:http';
import { LoadRun } from './loadRun.ts';
import type { LoadReport } from './loadReport.ts';

const run = new LoadRun({
  servers: (process.env.MILLRACE_SERVER ?? '').split(','),
  topic: process.env.LOAD_TOPIC ?? '',
  partitions: Number(process.env.LOAD_PARTITIONS),
  rate: Number(process.env.LOAD_RATE),
});
/** An answer that got lost is asked for again. */
let ending: Promise<LoadReport> | undefined;

const server = createServer((request, response) => {
  const answer = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  switch (request.url) {
    case '/state':
      return answer(200, { acknowledged: run.acknowledged, waitingMs: run.waitingMs });
    case '/mark':
      run.mark();
      return answer(200, {});
    case '/end':
      ending ??= run.end();
      ending.then(
        (report) => answer(200, report),
        (error: unknown) => answer(500, { error: String(error) }),
      );
      return;
    default:
      return answer(404, {});
  }
});
server.listen(8080);
process.on('SIGTERM', () => process.exit(0));
