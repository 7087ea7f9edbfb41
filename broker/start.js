// What `npm start` runs. Plain JavaScript, so that with a warm compile cache neither the broker nor its store's thread
// loads the compiler that strips types: 40 MB less memory and a faster start. (docs/decisions/0004-process-memory.md)
import { enableCompileCache } from 'node:module';
import path from 'node:path';

// Below node_modules, not in a shared temporary folder: who can write to the cache decides what runs.
const cache = path.join(import.meta.dirname, '../node_modules/.cache/millrace-broker');
enableCompileCache(cache);
process.env.NODE_COMPILE_CACHE ??= cache;
// Before anything uses the thread pool: syncs must not wait for each other (safety.md, pitfall 9).
process.env.UV_THREADPOOL_SIZE ??= '32';
await import('./src/main.ts');
