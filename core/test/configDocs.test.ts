import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BROKER_TABLE } from '../src/brokerConfig.ts';
import { configMarkdown, helpText } from '../src/configDocs.ts';
import type { ConfigRow } from '../src/configTable.ts';
import { TOPIC_SHAPE_TABLE, TOPIC_TABLE } from '../src/topicConfig.ts';

test('docs/CONFIGURATION.md is what the tables say; else run node core/generateDocs.ts', () => {
  const file = new URL('../../docs/CONFIGURATION.md', import.meta.url);
  assert.equal(readFileSync(file, 'utf8'), configMarkdown());
});

test('help names every flag with its default and its variable', () => {
  const help = helpText(BROKER_TABLE);
  assert.match(help, /--data-dir <text>\n.*\n +Default \.\/data; MILLRACE_DATA\./);
  assert.match(help, /--log-level <error\|warn\|info\|debug>/);
  assert.match(
    help,
    /--tail-cache-bytes <bytes or %>\n.*\n +Default 25%; MILLRACE_TAIL_CACHE_BYTES\./,
  );
});

test('every row has a sentence, no cell breaks the table, and each default is possible', () => {
  for (const table of [BROKER_TABLE, TOPIC_TABLE, TOPIC_SHAPE_TABLE]) {
    for (const [key, row] of Object.entries<ConfigRow<unknown>>(table)) {
      assert.match(row.sentence, /^[A-Z][^|\n]*\.$/, key);
      assert.deepEqual(row.parse(row.format(row.default)), row.default, key);
    }
  }
});
