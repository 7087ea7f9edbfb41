/** docs/ERRORS.md from the error table. Pure. */
import { ERROR_TABLE, type ErrorRow } from './errors.ts';
import { GRPC_STATUS } from './grpcStatus.ts';

export function errorMarkdown(): string {
  const names = new Map(Object.entries(GRPC_STATUS).map(([name, number]) => [number, name]));
  const rows = Object.entries<ErrorRow>(ERROR_TABLE)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { grpcStatus, outcome, retriable, retryAfterMs, advice }]) => {
      const retry = retriable ? `after ${retryAfterMs} ms` : 'no';
      return `| ${code} | ${names.get(grpcStatus) ?? grpcStatus} | ${outcome} | ${retry} | ${advice} |`;
    });
  return [
    '# Errors',
    '',
    'Made from `core/src/errors.ts` by `npm run docs`. [PROTOCOL.md](PROTOCOL.md#errors) says how they travel.',
    '`outcome` is the usual one: an error says itself what became of its request.',
    '',
    '| code | gRPC status | outcome | a retry helps | what to do |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
