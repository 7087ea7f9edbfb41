/** How each kind of fault is done. */
import { diskFull, flipJournal, flipSegment, wipe } from './diskFaults.ts';
import type { BeginFault } from './fault.ts';
import type { FaultKind } from './faultKind.ts';
import { cutClients, cutLink, cutOneWay, isolate, unplug } from './linkFaults.ts';
import { kill, killAll, killStorm, pause, restart } from './processFaults.ts';
import { storeGone, storeLocked } from './storeFaults.ts';
import { anyBroker, controller, leader } from './targets.ts';

export const FAULTS: Readonly<Record<FaultKind, BeginFault>> = {
  kill: kill(anyBroker),
  'kill-leader': kill(leader),
  'kill-controller': kill(controller),
  'kill-all': killAll,
  'kill-storm': killStorm(anyBroker),
  restart: restart(anyBroker),
  pause: pause(anyBroker),
  'pause-leader': pause(leader),
  'pause-controller': pause(controller),
  wipe,
  'flip-segment': flipSegment,
  'flip-journal': flipJournal,
  'disk-full': diskFull,
  'cut-link': cutLink,
  'cut-one-way': cutOneWay,
  isolate,
  unplug,
  'cut-clients': cutClients,
  'store-locked': storeLocked,
  'store-gone': storeGone,
};
