import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { CUSTOM_RESOURCES } from '../../../src/resources/custom/customResources.ts';
import type { JsonSchema } from '../../../src/resources/custom/schema.ts';

function* parts(schema: JsonSchema, path: string): Generator<[string, JsonSchema]> {
  yield [path, schema];
  for (const [key, part] of Object.entries(schema.properties ?? {})) {
    yield* parts(part, `${path}.${key}`);
  }
  if (schema.items !== undefined) yield* parts(schema.items, `${path}[]`);
  if (schema.additionalProperties !== undefined) {
    yield* parts(schema.additionalProperties, `${path}{}`);
  }
}

describe('custom resource definitions', () => {
  it('in manifests/ are those that core describes', () => {
    execFileSync(process.execPath, [
      fileURLToPath(new URL('../../../generateCrds.ts', import.meta.url)),
      '--check',
    ]);
  });

  for (const { kind, spec, status, columns } of CUSTOM_RESOURCES) {
    const all = [...parts(spec.json, 'spec'), ...parts(status.json, 'status')];

    it(`(${kind}) explain every field, in a sentence`, () => {
      for (const [path, { description }] of all) {
        assert.match(description ?? '', /[.!]$/, path);
      }
    });

    it(`(${kind}) bound every text, list and map`, () => {
      for (const [path, schema] of all) {
        if (schema.type === 'array') assert.ok(schema.maxItems !== undefined, path);
        const isText = schema.type === 'string' || schema['x-kubernetes-int-or-string'] === true;
        const isBound = schema.maxLength !== undefined || schema.enum !== undefined;
        if (isText) assert.ok(isBound, path);
        if (schema.additionalProperties !== undefined) {
          assert.ok(schema.maxProperties !== undefined, path);
        }
      }
    });

    it(`(${kind}) show columns that exist`, () => {
      const paths = new Set(all.map(([path]) => `.${path}`));
      for (const { jsonPath } of columns) {
        const [field = ''] = jsonPath.split('[');
        assert.ok(paths.has(field), jsonPath);
      }
    });
  }
});
