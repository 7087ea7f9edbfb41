/**
 * Methods that only the controller can carry out. Any broker takes them and passes them on, one hop: what arrives from
 * another broker is done here or refused (contracts.md, Forwarding).
 */
import type { handleUnaryCall } from '@grpc/grpc-js';
import { millraceError } from '@millrace/core/errors';
import type { ServerContext } from './context.ts';

type Handler = (request: unknown) => Promise<unknown>;

export class ControllerMethods {
  readonly #byPath = new Map<string, Handler>();

  /** `service` and `method` by their proto names; `heard` waits until this broker knows what another one has done. */
  handler<Request, Response>(
    context: ServerContext,
    service: string,
    method: string,
    here: (request: Request) => Promise<Response>,
    heard: (response: Response, request: Request) => Promise<void> = () => Promise.resolve(),
  ): handleUnaryCall<Request, Response> {
    const path = `/millrace.v1.${service}/${method}`;
    this.fromPeers(path, here);
    return context.unary<Request, Response>(method, async (request) => {
      const { route } = context.engine;
      const { response, forwarded } = await route.carryOut(path, request, here);
      if (forwarded) await heard(response, request);
      return response;
    });
  }

  /** Of what other brokers send alone. */
  fromPeers<Request, Response>(path: string, here: (request: Request) => Promise<Response>): void {
    // The transport has decoded it as the request of that method.
    this.#byPath.set(path, (request) => here(request as Request));
  }

  /** From another broker. Rejects with NOT_CONTROLLER if this one is not the controller either. */
  async forwarded(context: ServerContext, path: string, request: unknown): Promise<unknown> {
    const handler = this.#byPath.get(path);
    if (handler === undefined) {
      throw millraceError('INVALID_REQUEST', `${path} is not for the controller`);
    }
    if (!context.engine.controller.active) {
      throw millraceError('NOT_CONTROLLER', 'this broker is not the controller');
    }
    return await handler(request);
  }
}
