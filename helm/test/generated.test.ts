import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { ofCrd } from '../src/jsonSchema.ts';

const helm = path.join(import.meta.dirname, '..');

test('what is generated in the chart is what the CRDs and its schema say today', async () => {
  await promisify(execFile)(process.execPath, [path.join(helm, 'generate.ts'), '--check']);
});

test('every value of the chart has a place in its schema', () => {
  const schema = JSON.parse(read('millrace/values.schema.json')) as Schema;
  assert.deepEqual([...unknownValues('', parse(read('millrace/values.yaml')), schema)], []);
});

test('every alert has its page among the runbooks, and every page its alert', () => {
  const pages = globSync('*.md', { cwd: path.join(helm, '../docs/runbooks') });
  const named = [...read('millrace/files/alerts.yaml').matchAll(/runbooks\/(\w+\.md)/g)];
  const wanted = new Set(['README.md', ...named.map(([, page]) => page)]);
  assert.deepEqual(new Set(pages), wanted);
});

test('a field of a CRD that is called like a keyword of schemas keeps its name', () => {
  const schema = { type: 'object', properties: { default: { type: 'string', default: 'a' } } };
  assert.deepEqual(ofCrd(schema), {
    type: 'object',
    properties: { default: { type: 'string' } },
    additionalProperties: false,
  });
});

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

function* unknownValues(at: string, value: unknown, schema: Schema): Generator<string> {
  if (schema.description !== undefined || typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const below = schema.properties?.[name];
    if (below === undefined) yield `${at}.${name}`;
    else yield* unknownValues(`${at}.${name}`, inner, below);
  }
}

function read(file: string): string {
  return readFileSync(path.join(helm, file), 'utf8');
}
