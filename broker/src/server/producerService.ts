/** millrace.v1.Producer on the client port. */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { ProduceRequestMessage } from '@millrace/core/messages/produce';
import type { ProduceEntryMessage } from '@millrace/core/messages/produceStream';
import type { InitProducerRequest } from '@millrace/proto/generated/millrace/v1/InitProducerRequest';
import type { InitProducerResponse } from '@millrace/proto/generated/millrace/v1/InitProducerResponse';
import type { ProduceResponse } from '@millrace/proto/generated/millrace/v1/ProduceResponse';
import type { AppendResult } from '../engine/producing.ts';
import type { ServerContext } from './context.ts';
import { errorMessage } from './errorMessage.ts';
import { toAcks, toAppendEntry } from './requests.ts';

export function initProducer(context: ServerContext) {
  return context.unary<InitProducerRequest, InitProducerResponse>('InitProducer', async () => ({
    producerId: await context.engine.producerIds.take(),
    producerEpoch: 0,
    throttleMs: 0,
  }));
}

/** As of a ProduceStream. */
const REQUEST_OVERHEAD_BYTES = 2048;

export function produce(context: ServerContext) {
  return context.unary<ProduceRequestMessage, ProduceResponse>('Produce', async (request) => {
    const { engine, clock } = context;
    const { produceBudget } = engine;
    if (request.entries.length === 0) {
      throw millraceError('INVALID_REQUEST', 'the request has no entries');
    }
    if (produceBudget.exhausted) {
      throw millraceError(
        'BUFFER_FULL',
        `${produceBudget.usedBytes} bytes of produce requests are in flight`,
      );
    }
    const nowMs = clock.wallMs();
    const acks = toAcks(request.acks);
    const entries = request.entries.map((entry) => toAppendEntry(entry, nowMs));
    const bytes = REQUEST_OVERHEAD_BYTES + request.entries.reduce((sum, e) => sum + bytesOf(e), 0);
    produceBudget.take(bytes);
    const results = await new Promise<AppendResult[]>((resolve) => {
      const rows: AppendResult[] = [];
      engine.producing.append(
        { acks, deadlineMs: request.deadlineMs, entries },
        {
          result: (result, progress) => {
            const { error } = result;
            const isHinted = error?.leader !== undefined;
            rows.push(isHinted ? { ...result, error: context.hinted(error, 'client') } : result);
            if (progress === 'last') resolve(rows);
          },
          released: () => produceBudget.release(bytes),
        },
        context.unaryLanes,
      );
    });
    const refusal = wholeFailure(results);
    if (refusal !== undefined) throw refusal;
    return { results: results.map(resultMessage), throttleMs: 0 };
  });
}

/** The call fails as a whole, with its first error, if that says the truth of all: none was or may have been applied. */
function wholeFailure(results: readonly AppendResult[]): MillraceError | undefined {
  const first = results[0]?.error;
  return results.every(({ error }) => error !== undefined && error.outcome === first?.outcome)
    ? first
    : undefined;
}

function bytesOf(entry: ProduceEntryMessage): number {
  let bytes = entry.batches.length;
  for (const { key, value } of entry.records)
    bytes += (key?.length ?? 0) + (value?.length ?? 0) + 64;
  return bytes;
}

function resultMessage(result: AppendResult) {
  const { error, recordIndexes, ...rest } = result;
  return {
    ...rest,
    recordIndexes: [...recordIndexes],
    ...(error === undefined ? {} : { error: errorMessage(error) }),
  };
}
