/** A broker that can't begin to serve leaves its directory as a clean stop does, and holds on to nothing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { BROKER_TABLE } from '@millrace/core/brokerConfig';
import { resolveConfig } from '@millrace/core/resolveConfig';
import { startBroker } from '../src/broker.ts';
import { type Logger, silentLogger } from '../src/io/logger.ts';
import { temporaryDirectory } from './store/temporaryDirectory.ts';

const PORTS = ['clientPort', 'dataPort', 'httpPort'] as const;

interface Boots {
  readonly wereClean: unknown[];
  start(taken?: { readonly key: (typeof PORTS)[number]; readonly port: number }): Promise<void>;
}

/** Starts brokers on one directory, and stops them again. */
function boots(dataDir: string): Boots {
  const wereClean: unknown[] = [];
  const logger: Logger = {
    ...silentLogger,
    info: (message, fields: { wasClean?: boolean } = {}) => {
      if (message === 'the log is open') wereClean.push(fields.wasClean);
    },
  };
  return {
    wereClean,
    start: async (taken) => {
      const free = [...PORTS, 'peerPort', 'peerDataPort'];
      const flags = Object.fromEntries(free.map((key) => [key, '0']));
      if (taken !== undefined) flags[taken.key] = String(taken.port);
      const { config } = resolveConfig(BROKER_TABLE, {
        file: { ...flags, dataDir },
        env: {},
        flags: {},
      });
      const broker = await startBroker({
        config,
        version: '0',
        logger,
        discardLostJournal: false,
        onStorageFailed: (error) => assert.fail(error),
        onSuperseded: (error) => assert.fail(error),
        onRefused: (error) => assert.fail(error),
      });
      await broker.stop();
    },
  };
}

for (const key of PORTS) {
  test(`a ${key} that is taken is named, and the next start finds a clean directory`, async (t) => {
    const directory = temporaryDirectory();
    t.after(() => directory.remove());
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    t.after(() => other.close());
    const { port } = other.address() as AddressInfo;
    const broker = boots(directory.path);
    await broker.start();
    await assert.rejects(broker.start({ key, port }), (error: Error) => {
      assert.match(error.message, new RegExp(`^${key}: .*\\b${port}\\b`));
      return true;
    });
    await broker.start();
    // The HTTP port is bound before the log is opened.
    assert.deepEqual(broker.wereClean, key === 'httpPort' ? [true, true] : [true, true, true]);
  });
}
