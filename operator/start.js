// What the container runs: as broker/start.js, so that a warm compile cache spares the compiler that strips types.
import { enableCompileCache } from 'node:module';
import path from 'node:path';

enableCompileCache(path.join(import.meta.dirname, '../node_modules/.cache/millrace-operator'));
await import('./src/main.ts');
