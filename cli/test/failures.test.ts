/** What goes wrong is one line on standard error and an exit code. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type BrokerProcess, startBrokerProcess } from '../../client/test/brokerProcess.ts';
import { MillraceCommands } from './millraceProcess.ts';

let broker: BrokerProcess;
let millrace: MillraceCommands;

before(async () => {
  broker = await startBrokerProcess();
  millrace = new MillraceCommands(broker.server);
});

after(() => broker[Symbol.asyncDispose]());

const FAILURES: readonly [what: string, args: string[], code: number, stderr: RegExp][] = [
  [
    'an unknown topic',
    ['produce', 'nope'],
    1,
    /^millrace: 1 of 1 records were not acknowledged: .*nope.* \(UNKNOWN_TOPIC\): .*\n$/,
  ],
  [
    'a reserved header',
    ['produce', 'nope', '-H', 'millrace-x=1'],
    1,
    /^millrace: .*millrace-x.* \(INVALID_RECORD\): .*\n$/,
  ],
  [
    'an unknown topic to read',
    ['consume', 'nope', '-e'],
    1,
    /^millrace: .* \(UNKNOWN_TOPIC\): .*\n$/,
  ],
  [
    'a server that is not there',
    ['query', 'nope', '--server', '127.0.0.1:1'],
    1,
    /^millrace: no broker answers at 127\.0\.0\.1:1 \(connection refused\) \(UNAVAILABLE\): check that the broker runs, .*\n$/,
  ],
  [
    'a bad topic name',
    ['topic', 'create', '../x'],
    1,
    /^millrace: .* \(INVALID_TOPIC_NAME\): .*\n$/,
  ],
  [
    'a bad setting',
    ['topic', 'create', 'x', '-c', 'nope=1'],
    1,
    /^millrace: .* \(INVALID_CONFIG\): .*\n$/,
  ],
  [
    'nobody at the address',
    ['--server', '127.0.0.1:1', 'topic', 'list'],
    1,
    /^millrace: .*127\.0\.0\.1:1.* \(UNAVAILABLE\): .*--server.*\n$/,
  ],
  [
    'nobody at several addresses',
    ['--server', '127.0.0.1:1,127.0.0.1:2', 'topic', 'list'],
    1,
    /^millrace: .*127\.0\.0\.1:1 \(.*127\.0\.0\.1:2 \(.* \(UNAVAILABLE\): .*--server.*\n$/,
  ],
  [
    'no address at all',
    ['--server', 'x:y', 'topic', 'list'],
    1,
    /^millrace: .* \(INVALID_REQUEST\): .*\n$/,
  ],
  [
    'an unknown option',
    ['consume', 't', '--nope'],
    2,
    /^millrace: .*--nope.* \(USAGE\): see millrace consume --help\n$/,
  ],
  ['an unknown command', ['nope'], 2, /^millrace: .* \(USAGE\): see millrace --help\n$/],
  [
    'a missing argument',
    ['topic', 'create'],
    2,
    /^millrace: .* \(USAGE\): see millrace topic create --help\n$/,
  ],
  ['a bad offset', ['consume', 't', '-o', '5:4'], 2, /^millrace: .* \(USAGE\): .*\n$/],
  ['a bad format', ['consume', 't', '-f', '%y'], 2, /^millrace: .* \(USAGE\): .*\n$/],
  [
    'receipts without acks',
    ['produce', 't', '--acks', 'none', '--receipts'],
    2,
    /^millrace: .* \(USAGE\): .*\n$/,
  ],
  ['no command', [], 2, /^Usage: millrace /],
  [
    'an error as JSON',
    ['consume', 'nope', '-O', 'json'],
    1,
    /^\{"error":\{"code":"UNKNOWN_TOPIC",.*\}\}\n$/,
  ],
];

for (const [what, args, code, stderr] of FAILURES) {
  test(`${what} is reported in one line and exits with ${code}`, async () => {
    const run = await millrace.run(args, 'a record\n');
    assert.match(run.stderr, stderr);
    assert.equal(run.code, code);
    assert.equal(run.stdout, '');
  });
}
