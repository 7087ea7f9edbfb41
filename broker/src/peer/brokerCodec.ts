/** Brokers in peer messages: millrace.v1.Endpoint, FeatureRange, BrokerMetadata. */
import { type BootId, type BrokerId, toBootId } from '@millrace/core/ids';
import type { ProtoReader } from '@millrace/core/messages/protoReader';
import type { ProtoWriter } from '@millrace/core/messages/protoWriter';
import type { Endpoint, FeatureRange } from '@millrace/core/resources/broker';
import type { BrokerMetadata } from '../cluster/metadata.ts';
import { integerIn, present, readBrokerId, readInt32, readName } from './checkedFields.ts';

const PORT_MAX = 65_535;

export function writeEndpoints(
  writer: ProtoWriter,
  field: number,
  endpoints: readonly Endpoint[],
): void {
  for (const { listener, protocol, host, port, tls } of endpoints.toReversed()) {
    const mark = writer.mark();
    writer.bool(5, tls);
    writer.number(4, port);
    writer.string(3, host);
    writer.string(2, protocol);
    writer.string(1, listener);
    writer.close(field, mark);
  }
}

export function readEndpoint(reader: ProtoReader): Endpoint {
  let listener = '';
  let protocol = '';
  let host = '';
  let port = 0;
  let tls = false;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) listener = readName(reader, 'listener');
    else if (field === 2) protocol = readName(reader, 'protocol');
    else if (field === 3) host = readName(reader, 'host');
    else if (field === 4) port = integerIn(reader.signed(), 'port', 0, PORT_MAX);
    else if (field === 5) tls = reader.bool();
    else reader.skip();
  }
  return { listener, protocol, host, port, tls };
}

export function writeFeatures(
  writer: ProtoWriter,
  field: number,
  { min, max }: FeatureRange,
): void {
  const mark = writer.mark();
  writer.number(2, max);
  writer.number(1, min);
  writer.close(field, mark);
}

export function readFeatures(reader: ProtoReader): FeatureRange {
  let min = 0;
  let max = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) min = readInt32(reader, 'least feature level');
    else if (field === 2) max = readInt32(reader, 'highest feature level');
    else reader.skip();
  }
  integerIn(max, 'highest feature level', min, max);
  return { min, max };
}

export function writeBroker(writer: ProtoWriter, field: number, broker: BrokerMetadata): void {
  const mark = writer.mark();
  writeFeatures(writer, 8, broker.features);
  writeEndpoints(writer, 7, broker.endpoints);
  writer.string(6, broker.rack);
  writer.bool(5, broker.draining);
  writer.bool(4, broker.cordoned);
  writer.bool(3, broker.fenced);
  writer.string(2, broker.bootId);
  writer.number(1, broker.brokerId);
  writer.close(field, mark);
}

export function readBroker(reader: ProtoReader): BrokerMetadata {
  const flags = { fenced: false, cordoned: false, draining: false };
  let brokerId: BrokerId | undefined;
  let bootId: BootId | undefined;
  let rack = '';
  let features: FeatureRange | undefined;
  const endpoints: Endpoint[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) brokerId = readBrokerId(reader);
    else if (field === 2) bootId = toBootId(reader.string());
    else if (field === 3) flags.fenced = reader.bool();
    else if (field === 4) flags.cordoned = reader.bool();
    else if (field === 5) flags.draining = reader.bool();
    else if (field === 6) rack = readName(reader, 'rack');
    else if (field === 7) endpoints.push(readEndpoint(reader.message()));
    else if (field === 8) features = readFeatures(reader.message());
    else reader.skip();
  }
  return {
    brokerId: brokerId ?? (0 as BrokerId),
    bootId: present(bootId, 'boot id'),
    ...flags,
    rack,
    endpoints,
    features: present(features, 'range of feature levels'),
  };
}

/** Upper bound of what writeBroker writes. */
export function brokerBytesMax({ rack, endpoints }: BrokerMetadata): number {
  let bytes = 80 + 3 * rack.length;
  for (const { listener, protocol, host } of endpoints) {
    bytes += 24 + 3 * (listener.length + protocol.length + host.length);
  }
  return bytes;
}
