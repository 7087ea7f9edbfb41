/** The table of values in the chart's README, from the schema and the defaults. */
import type { JsonSchema } from './jsonSchema.ts';

const BEGIN = '<!-- values: generated -->';
const END = '<!-- end of values -->';

/** Throws when `readme` has no place for it. */
export function withValueTable(readme: string, schema: JsonSchema, values: unknown): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the README has no ${BEGIN} ... ${END}`);
  const rows = [...rowsOf('', schema, values)].map(
    ([name, standard, sentence]) => `| \`${name}\` | \`${standard}\` | ${sentence} |`,
  );
  const table = ['| value | default | |', '| --- | --- | --- |', ...rows].join('\n');
  return `${readme.slice(0, begin)}${BEGIN}\n\n${table}\n\n${readme.slice(end)}`;
}

/** A value with a sentence is a row; what is inside of it is not. */
function* rowsOf(
  path: string,
  schema: JsonSchema,
  value: unknown,
): Generator<[string, string, string]> {
  if (schema.description !== undefined) {
    if (value !== undefined) yield [path, JSON.stringify(value), schema.description];
    return;
  }
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const below = (value as Readonly<Record<string, unknown>> | undefined)?.[name];
    yield* rowsOf(path === '' ? name : `${path}.${name}`, inner, below);
  }
}
