/** map<string, string>: the configuration of a topic. */
import type { ProtoReader } from '@millrace/core/messages/protoReader';
import type { ProtoWriter } from '@millrace/core/messages/protoWriter';
import { readName, shortText } from './checkedFields.ts';

export type TopicConfigValues = Readonly<Record<string, string>>;

const VALUE_CHARS_MAX = 65_536;

export function writeConfig(writer: ProtoWriter, field: number, config: TopicConfigValues): void {
  for (const [key, value] of Object.entries(config).toReversed()) {
    const mark = writer.mark();
    writer.presentString(2, value);
    writer.presentString(1, key);
    writer.close(field, mark);
  }
}

export function readConfigEntry(reader: ProtoReader): [key: string, value: string] {
  let key = '';
  let value = '';
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) key = readName(reader, 'a configuration key');
    else if (field === 2) value = shortText(reader.string(), `config ${key}`, VALUE_CHARS_MAX);
    else reader.skip();
  }
  return [key, value];
}

/** Upper bound of what writeConfig writes. */
export function configBytesMax(config: TopicConfigValues): number {
  let bytes = 0;
  for (const [key, value] of Object.entries(config)) bytes += 16 + 3 * (key.length + value.length);
  return bytes;
}
