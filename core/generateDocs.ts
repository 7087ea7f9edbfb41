/** Writes the pages of docs/ that are made from tables; a test compares. */
import { writeFileSync } from 'node:fs';
import { configMarkdown } from './src/configDocs.ts';
import { errorMarkdown } from './src/errorDocs.ts';

writeFileSync(new URL('../docs/CONFIGURATION.md', import.meta.url), configMarkdown());
writeFileSync(new URL('../docs/ERRORS.md', import.meta.url), errorMarkdown());
