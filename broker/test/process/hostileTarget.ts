/** A broker with one topic for requests that are wrong, and a client beside them that must not notice. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { Metadata } from '@grpc/grpc-js';
import type { ErrorCode, MillraceError } from '@millrace/core/errors';
import { decodeStatusDetails } from '@millrace/core/statusDetails';
import type { WireSession } from '@millrace/wire/client';
import { type BrokerProcess, startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { type Bystander, bystander } from './bystander.ts';
import { connectRaw } from './rawCall.ts';
import { type StockClient, stockClient, unary, type UnaryMethod } from './stockClient.ts';

/** Two partitions, both empty. */
export const TOPIC = 'target';
export const BATCH_BYTES_MAX = 64 * 1024;

export interface HostileTarget {
  readonly broker: BrokerProcess;
  readonly stock: StockClient;
  readonly healthy: Bystander;
  /** Both listeners serve the hot streams; the client port all the rest. */
  readonly listeners: readonly { readonly name: string; readonly session: WireSession }[];
}

/** Before the tests of a file, and gone after them; what is returned gives it to them. */
export function hostileTarget(): () => HostileTarget {
  let target: HostileTarget | undefined;
  before(async () => {
    const broker = await startBrokerProcess();
    const stock = stockClient(broker.server);
    const healthy = await bystander(broker.server);
    const listeners = [
      { name: 'client', session: await connectRaw(broker.ports.client) },
      { name: 'data', session: await connectRaw(broker.ports.data) },
    ];
    target = { broker, stock, healthy, listeners };
    await unary(stock.admin.CreateTopic.bind(stock.admin), {
      name: TOPIC,
      partitions: 2,
      config: { batchBytesMax: String(BATCH_BYTES_MAX) },
    });
  });
  after(async () => {
    for (const { session } of target?.listeners ?? []) session.destroy();
    target?.stock.close();
    await target?.healthy.close();
    await target?.broker[Symbol.asyncDispose]();
  });
  return () => target ?? assert.fail('the broker does not run yet');
}

/** The error of millrace.v1 in the status of a failed unary call. */
function detailsOf(error: unknown): MillraceError {
  const metadata = (error as { metadata?: Metadata }).metadata;
  const [bytes] = metadata?.get('grpc-status-details-bin') ?? [];
  assert.ok(bytes instanceof Buffer, `no details: ${String(error)}`);
  const details = decodeStatusDetails(bytes);
  assert.ok(details !== undefined);
  return details;
}

export async function refused<Request, Reply>(
  what: string,
  codes: readonly ErrorCode[],
  method: UnaryMethod<Request, Reply>,
  request: Request,
): Promise<void> {
  const outcome = await unary(method, request).then(
    () => undefined,
    (error: unknown) => detailsOf(error),
  );
  assert.ok(outcome !== undefined, `${what} was accepted`);
  check(what, codes, outcome);
}

export function check(
  what: string,
  codes: readonly ErrorCode[],
  error: MillraceError | undefined,
): void {
  assert.ok(error !== undefined, `${what} was accepted`);
  assert.ok(codes.includes(error.code), `${what}: ${error.code}: ${error.message}`);
  assert.equal(error.outcome, 'not-applied', what);
  assert.ok(error.message.length > 0 && error.message.length < 1000, what);
}
