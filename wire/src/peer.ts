import type { Http2Session } from 'node:http2';
import { TLSSocket } from 'node:tls';

/** Who is at the other end of a connection. */
export interface Peer {
  readonly address: string;
  readonly port: number;
  /** Common name of the verified client certificate; undefined without mutual TLS. */
  readonly commonName: string | undefined;
  /** DNS names of that certificate. */
  readonly dnsNames: readonly string[];
}

export function peerOf(session: Http2Session): Peer {
  const socket = session.socket;
  const address = socket.remoteAddress ?? '';
  const port = socket.remotePort ?? 0;
  if (!(socket instanceof TLSSocket) || !socket.authorized) {
    return { address, port, commonName: undefined, dnsNames: [] };
  }
  const certificate = socket.getPeerCertificate();
  const commonName: unknown = certificate.subject?.CN;
  return {
    address,
    port,
    commonName: typeof commonName === 'string' ? commonName : undefined,
    dnsNames: dnsNames(certificate.subjectaltname ?? ''),
  };
}

function dnsNames(subjectAltName: string): string[] {
  return subjectAltName
    .split(', ')
    .filter((name) => name.startsWith('DNS:'))
    .map((name) => name.slice('DNS:'.length));
}
