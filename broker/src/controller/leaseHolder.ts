/** `<id>/<bootId>@host:port`: who holds the lease (contracts.md, Discovery). */
import { type BootId, type BrokerId, toBootId, toBrokerId } from '@millrace/core/ids';
import type { PeerAddress } from '../cluster/peerTransport.ts';

export interface LeaseHolder {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  readonly address: PeerAddress;
}

export function formatHolder({ brokerId, bootId, address }: LeaseHolder): string {
  return `${brokerId}/${bootId}@${address.host}:${address.port}`;
}

/** Undefined for an empty one, and for what no broker wrote. */
export function parseHolder(text: string): LeaseHolder | undefined {
  const match = /^(\d{1,10})\/([0-9a-f]{12})@(.+):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const [, id = '', boot = '', host = '', port = ''] = match;
  if (Number(id) > 0x7fff_ffff || Number(port) > 65_535) return undefined;
  return {
    brokerId: toBrokerId(Number(id)),
    bootId: toBootId(boot),
    address: { host, port: Number(port) },
  };
}
