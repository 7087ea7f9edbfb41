/** What `millrace produce` sends is stored once, unless that is switched off. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { readBatchHeader } from '@millrace/core/batchHeader';
import type { FetchOnceRequest } from '@millrace/proto/generated/millrace/v1/FetchOnceRequest';
import type { FetchOnceResponse__Output } from '@millrace/proto/generated/millrace/v1/FetchOnceResponse';
import { stockClient, unary } from '../../broker/test/process/stockClient.ts';
import { startBrokerProcess } from '../../client/test/brokerProcess.ts';
import { MillraceCommands } from './millraceProcess.ts';

test('batches carry a producer id and a sequence; without idempotence or acks of all they do not', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const millrace = new MillraceCommands(broker.server);
  const stock = stockClient(broker.server);
  t.after(() => stock.close());
  const { consumer } = stock;
  await millrace.output(['topic', 'create', 't', '-p', '1']);
  const sends: string[][] = [[], ['--no-idempotence'], ['--acks', 'leader'], ['--acks', 'none']];
  const found: [number, number][] = [];
  for (const [offset, options] of sends.entries()) {
    await millrace.output(['produce', 't', ...options], 'x\n');
    const request: FetchOnceRequest = {
      partitions: [{ topicName: 't', partition: 0, offset }],
      format: 'RECORD_FORMAT_BATCHES',
      maxWaitMs: 10_000,
    };
    const { entries } = await unary<FetchOnceRequest, FetchOnceResponse__Output>(
      consumer.FetchOnce.bind(consumer),
      request,
    );
    const header = readBatchHeader(entries[0]?.batches ?? Buffer.alloc(0), 0);
    found.push([header.producerId, header.baseSequence]);
  }
  const [first, ...others] = found;
  assert.ok((first?.[0] ?? -1) >= 0);
  assert.equal(first?.[1], 0);
  assert.deepEqual(others, [
    [-1, -1],
    [-1, -1],
    [-1, -1],
  ]);
});
