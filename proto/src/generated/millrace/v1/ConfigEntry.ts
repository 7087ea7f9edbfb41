// Original file: millrace/v1/admin.proto

import type { ConfigSource as _millrace_v1_ConfigSource, ConfigSource__Output as _millrace_v1_ConfigSource__Output } from '../../millrace/v1/ConfigSource.ts';

export interface ConfigEntry {
  'key'?: (string);
  'value'?: (string);
  'source'?: (_millrace_v1_ConfigSource);
}

export interface ConfigEntry__Output {
  'key': (string);
  'value': (string);
  'source': (_millrace_v1_ConfigSource__Output);
}
