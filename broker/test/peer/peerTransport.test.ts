import { peerTransportConformance } from './peerTransportConformance.ts';
import { ownWorld, realWorld } from './peerWorlds.ts';

peerTransportConformance('the network', realWorld);
peerTransportConformance('the short cut to oneself', ownWorld);
