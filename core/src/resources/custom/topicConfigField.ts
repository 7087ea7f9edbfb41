/** The map of topic settings in resources: its keys are those of TOPIC_TABLE, its values as people write them. */
import { TOPIC_TABLE } from '../../topicConfig.ts';
import { intOrText, map, type Schema } from './schema.ts';

const KEYS = Object.keys(TOPIC_TABLE);
const KNOWN = `[${KEYS.map((key) => `'${key}'`).join(', ')}]`;

export type ConfigMap = Readonly<Record<string, number | string>>;

export function topicConfigField(description: string): Schema<ConfigMap> {
  const keys = Object.entries(TOPIC_TABLE).map(
    ([key, row]) => `${key} (default ${row.format(row.default as never)}): ${row.sentence}`,
  );
  return map(
    `${description} A key that is absent has its default. Values as in docs/CONFIGURATION.md, such as 7d or 256MiB.\n\n${keys.join('\n\n')}`,
    intOrText('The value.', 64),
    {
      maxProperties: KEYS.length,
      rules: [
        {
          rule: `self.all(key, key in ${KNOWN})`,
          message: `a key is unknown; the keys are ${KEYS.join(', ')}`,
        },
      ],
    },
  );
}

/** As core/topicConfig.ts takes them. */
export function configTexts(config: ConfigMap | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config ?? {}).map(([key, value]) => [key, String(value)]),
  );
}
