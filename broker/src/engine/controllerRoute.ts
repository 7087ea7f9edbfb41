import { MillraceError } from '@millrace/core/errors';
import { noController } from '../cluster/brokerSession.ts';
import type { ControllerCalls, PeerTransport } from '../cluster/peerTransport.ts';
import type { Controller } from '../controller/controller.ts';
import type { Clock } from '../io/clock.ts';

/** A request that no controller took is sent again for so long: one is elected meanwhile. */
const ELECTION_MS_MAX = 15_000;
const RETRY_MS = 50;

export interface ControllerRouteParts {
  readonly controller: Controller;
  readonly transport: Pick<PeerTransport, 'controller'>;
  readonly clock: Clock;
}

/** The way to whoever is the controller now: this process itself, or another broker. */
export class ControllerRoute {
  readonly #parts: ControllerRouteParts;

  constructor(parts: ControllerRouteParts) {
    this.#parts = parts;
  }

  /** Throws NOT_CONTROLLER while none is known. */
  calls(): ControllerCalls {
    const { controller, transport } = this.#parts;
    if (controller.active) return controller.calls;
    const { holder } = controller;
    if (holder === undefined) throw noController();
    return transport.controller(holder.address);
  }

  /**
   * Has the controller carry out a request of millrace.v1: `here`, or where it is. Sent again only while nobody has taken
   * it; `forwarded` if another broker answered. Rejects with what the controller says.
   */
  async carryOut<Request, Response>(
    path: string,
    request: Request,
    here: (request: Request) => Promise<Response>,
  ): Promise<{ readonly response: Response; readonly forwarded: boolean }> {
    const { controller, clock } = this.#parts;
    const deadlineMs = clock.monotonicMs() + ELECTION_MS_MAX;
    for (;;) {
      const forwarded = !controller.active;
      try {
        if (!forwarded) return { response: await here(request), forwarded };
        const response = await this.calls().forward(path, request, ELECTION_MS_MAX);
        // The transport has decoded it as the response of that method.
        return { response: response as Response, forwarded };
      } catch (error) {
        if (!isUntaken(error) || clock.monotonicMs() >= deadlineMs) throw error;
      }
      await new Promise<void>((resolve) => clock.setTimer(RETRY_MS, resolve));
    }
  }
}

function isUntaken(error: unknown): boolean {
  if (!(error instanceof MillraceError) || error.outcome !== 'not-applied') return false;
  return error.code === 'NOT_CONTROLLER' || error.code === 'UNAVAILABLE';
}
