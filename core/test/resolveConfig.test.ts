import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArgs } from 'node:util';
import { BROKER_TABLE } from '../src/brokerConfig.ts';
import { envName, flagOptions, resolveConfig } from '../src/resolveConfig.ts';

const invalid = (message: RegExp) => ({ code: 'INVALID_CONFIG', message });

test('without inputs every key has its default', () => {
  const { config, sources, warnings } = resolveConfig(BROKER_TABLE, {});
  assert.equal(config.clientPort, 7071);
  assert.equal(config.dataDir, './data');
  assert.deepEqual(config.tailCacheBytes, { percent: 25 });
  assert.equal(config.memoryBytes, 0);
  assert.deepEqual(new Set(Object.values(sources)), new Set(['default']));
  assert.deepEqual(warnings, []);
});

test('a flag wins over the environment, which wins over the file', () => {
  const file = { checkpointMs: '1s', journalFilesMax: 3, host: '0.0.0.0' };
  const env = {
    MILLRACE_CHECKPOINT_MS: '2s',
    MILLRACE_JOURNAL_FILES_MAX: '4',
    MILLRACE_DATA: '/d',
  };
  const { values } = parseArgs({
    args: ['--checkpoint-ms=3s', '--tail-cache-bytes', '8MiB'],
    options: flagOptions(BROKER_TABLE),
  });
  const { config, sources } = resolveConfig(BROKER_TABLE, { file, env, flags: values });
  assert.equal(config.checkpointMs, 3000);
  assert.equal(config.journalFilesMax, 4);
  assert.equal(config.host, '0.0.0.0');
  assert.equal(config.dataDir, '/d');
  assert.deepEqual(config.tailCacheBytes, { bytes: 2 ** 23 });
  assert.equal(sources.checkpointMs, 'flag');
  assert.equal(sources.journalFilesMax, 'env');
  assert.equal(sources.host, 'file');
});

test('an unknown key is refused and the nearest one named', () => {
  const cases: [string, RegExp][] = [
    ['checkpointMS', /unknown key "checkpointMS"; did you mean checkpointMs\?/],
    ['checkpoint.ms', /did you mean checkpointMs\?/],
    ['journalFileByte', /did you mean journalFileBytes\?/],
    ['node.id', /did you mean brokerId\?/],
    ['frobnicate', /unknown key "frobnicate"$/],
    ['toString', /unknown key "toString"/],
  ];
  for (const [key, message] of cases) {
    assert.throws(() => resolveConfig(BROKER_TABLE, { file: { [key]: '1' } }), invalid(message));
    assert.throws(() => resolveConfig(BROKER_TABLE, { flags: { [key]: '1' } }), invalid(message));
  }
});

test('a value out of its bounds or kind is refused under the name that the user gave', () => {
  const refused = (inputs: Parameters<typeof resolveConfig>[1], message: RegExp) =>
    assert.throws(() => resolveConfig(BROKER_TABLE, inputs), invalid(message));
  refused({ flags: { 'client-port': '70000' } }, /--client-port: "70000" .* at most 65535/);
  refused({ env: { MILLRACE_JOURNAL_FILES_MAX: '1' } }, /MILLRACE_JOURNAL_FILES_MAX.* at least 2/);
  refused({ file: { logLevel: 'loud' } }, /logLevel: "loud".* one of error, warn, info, debug/);
  refused({ file: { checkpointMs: 'soon' } }, /a duration such as/);
  refused({ file: { host: ['a'] } }, /a single value/);
  refused({ flags: { 'checkpoint-ms': '-5s' } }, /at least 100ms/);
});

test('auto stands for what the process finds out', () => {
  const { config } = resolveConfig(BROKER_TABLE, { flags: { memoryBytes: 'auto' } });
  assert.equal(config.memoryBytes, 0);
  assert.throws(
    () => resolveConfig(BROKER_TABLE, { flags: { memoryBytes: '0' } }),
    /at least 64MiB/,
  );
});

test('a misspelt variable is warned of, a foreign one is not', () => {
  const env = { MILLRACE_CLIENT_PROT: '1', MILLRACE_SERVICE_HOST: 'x', MILLRACE_SIM_SEED: '7' };
  const { warnings } = resolveConfig(BROKER_TABLE, { env });
  assert.deepEqual(warnings, [
    'MILLRACE_CLIENT_PROT is not a variable of Millrace; did you mean MILLRACE_CLIENT_PORT?',
  ]);
});

test('names of variables and flags are unique', () => {
  const names = Object.entries(BROKER_TABLE).map(([key, row]) => envName(key, row));
  assert.equal(new Set(names).size, names.length);
  const flags = Object.keys(flagOptions(BROKER_TABLE));
  assert.equal(new Set(flags).size, names.length);
});
