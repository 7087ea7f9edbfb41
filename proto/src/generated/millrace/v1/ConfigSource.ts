// Original file: millrace/v1/admin.proto

export const ConfigSource = {
  CONFIG_SOURCE_UNSPECIFIED: 'CONFIG_SOURCE_UNSPECIFIED',
  CONFIG_SOURCE_DEFAULT: 'CONFIG_SOURCE_DEFAULT',
  CONFIG_SOURCE_TOPIC: 'CONFIG_SOURCE_TOPIC',
} as const;

export type ConfigSource =
  | 'CONFIG_SOURCE_UNSPECIFIED'
  | 0
  | 'CONFIG_SOURCE_DEFAULT'
  | 1
  | 'CONFIG_SOURCE_TOPIC'
  | 2

export type ConfigSource__Output = typeof ConfigSource[keyof typeof ConfigSource]
