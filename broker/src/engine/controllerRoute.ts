import { noController } from '../cluster/brokerSession.ts';
import type { ControllerCalls, PeerTransport } from '../cluster/peerTransport.ts';
import type { Controller } from '../controller/controller.ts';

export interface ControllerRouteParts {
  readonly controller: Controller;
  readonly transport: Pick<PeerTransport, 'controller'>;
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
}
