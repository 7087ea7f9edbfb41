import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { errorMarkdown } from '@millrace/core/errorDocs';

test('docs/ERRORS.md is what the error table says', () => {
  const page = readFileSync(new URL('../../docs/ERRORS.md', import.meta.url), 'utf8');
  assert.equal(page, errorMarkdown(), 'run npm run docs');
});
