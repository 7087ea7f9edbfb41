/** Where a broker can be reached, by listener (contracts.md, Endpoints). */
export type Listener = 'client' | 'data';

export interface Endpoint {
  readonly listener: Listener;
  readonly protocol: 'grpc';
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}
