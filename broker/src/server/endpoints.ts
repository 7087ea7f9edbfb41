/** Listeners that clients use (contracts.md, Ports and services). */
export type Listener = 'client' | 'data';
