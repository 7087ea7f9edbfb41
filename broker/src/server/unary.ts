/** Unary handlers as async functions: what they throw becomes a status with its details. */
import type { handleUnaryCall, ServerUnaryCall } from '@grpc/grpc-js';
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import { statusOf } from './status.ts';

/** In the place of a request whose bytes are none: grpc-js itself would answer INTERNAL, as if the broker were at fault. */
class MalformedRequest {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

export function decodedOrMalformed(decode: (bytes: Buffer) => unknown): (bytes: Buffer) => unknown {
  return (bytes) => {
    try {
      return decode(bytes);
    } catch (error) {
      return new MalformedRequest(String(error));
    }
  };
}

function checkDecoded(request: unknown): void {
  if (!(request instanceof MalformedRequest)) return;
  throw millraceError('INVALID_REQUEST', `the request does not decode: ${request.reason}`);
}

export function unary<Request, Response>(
  method: string,
  observe: (method: string, code: string, seconds: number) => void,
  nowMs: () => number,
  handler: (request: Request, call: ServerUnaryCall<Request, Response>) => Promise<Response>,
  told: (error: MillraceError) => MillraceError,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const from = nowMs();
    const answer = async (): Promise<Response> => {
      checkDecoded(call.request);
      return handler(call.request, call);
    };
    answer().then(
      (response) => {
        observe(method, 'OK', (nowMs() - from) / 1000);
        callback(null, response);
      },
      (thrown: unknown) => {
        const error = told(toMillraceError(thrown));
        observe(method, error.code, (nowMs() - from) / 1000);
        callback(statusOf(error));
      },
    );
  };
}
