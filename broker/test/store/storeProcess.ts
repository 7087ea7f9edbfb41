/**
 * A process of its own on a store file, for tests: `node storeProcess.ts <role> <path> <count>`.
 * take: takes <count> numbers of the counter, a line each. write: creates topics w<id>-0, w<id>-1, ... until <count> or
 * an error, a line each once it is acknowledged. Its last line is `done` or the error's code and outcome.
 */
import { toMillraceError } from '@millrace/core/errors';
import { systemClock } from '../../src/io/systemClock.ts';
import { systemRandom } from '../../src/io/systemRandom.ts';
import { openSqliteStore } from '../../src/store/sqliteStore.ts';
import { takeNumber, topicSpec } from './storedExamples.ts';

const [role = '', path = '', count = '0'] = process.argv.slice(2);
const store = await openSqliteStore(path, { clock: systemClock, random: systemRandom });
try {
  for (let index = 0; index < Number(count); index += 1) {
    if (role === 'take') {
      console.log(await takeNumber(store));
      continue;
    }
    const name = `w${process.pid}-${index}`;
    await store.create([{ kind: 'Topic', name, spec: topicSpec(name) }]);
    console.log(name);
  }
  console.log('done');
} catch (error) {
  const { code, outcome } = toMillraceError(error);
  console.log(`${code} ${outcome}`);
}
await store.close();
