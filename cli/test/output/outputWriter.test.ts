import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { BrokenPipeError, OutputWriter } from '../../src/output/outputWriter.ts';

test('everything written arrives in order, in large writes', async (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'millrace-cli-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = path.join(directory, 'out');
  const fd = openSync(file, 'w');
  const out = new OutputWriter(fd, assert.fail);
  let expected = '';
  for (let line = 0; line < 50_000; line++) {
    out.buffer.text(`line ${line}\n`);
    expected += `line ${line}\n`;
    const full = out.drained();
    if (full !== undefined) await full;
  }
  await out.end();
  closeSync(fd);
  assert.ok(readFileSync(file, 'utf8') === expected);
});

test('what is buffered leaves without being asked for', async (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'millrace-cli-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = path.join(directory, 'out');
  const fd = openSync(file, 'w');
  const out = new OutputWriter(fd, assert.fail);
  out.text('a\n');
  while (readFileSync(file, 'utf8') === '') await new Promise((resolve) => setImmediate(resolve));
  closeSync(fd);
});

test('a reader that goes away surfaces as a broken pipe, not as a crash', async () => {
  // A process of its own, because the reader must be another one.
  const writer = path.join(import.meta.dirname, '../../src/output/outputWriter.ts');
  const script = `
    const { OutputWriter, BrokenPipeError } = await import(${JSON.stringify(writer)});
    const out = new OutputWriter(1, (failure) => process.stderr.write(failure.name));
    try {
      for (;;) { out.buffer.text('y\\n'.repeat(1000)); await out.drained(); }
    } catch (thrown) {
      process.exitCode = thrown instanceof BrokenPipeError ? 0 : 1;
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  child.stdout.once('data', () => child.stdout.destroy());
  let notes = '';
  child.stderr.on('data', (chunk: Buffer) => {
    notes += chunk.toString();
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  assert.equal(code, 0);
  assert.equal(notes, BrokenPipeError.name);
});

test('whoever does not wait hears of a broken pipe by the callback alone', async () => {
  const writer = path.join(import.meta.dirname, '../../src/output/outputWriter.ts');
  const script = `
    const { OutputWriter } = await import(${JSON.stringify(writer)});
    let failed = false;
    const out = new OutputWriter(1, (failure) => {
      failed = true;
      process.stderr.write(failure.name);
    });
    while (!failed) {
      out.buffer.text('y\\n'.repeat(100_000));
      out.leave();
      out.leave();
      await new Promise((resolve) => setImmediate(resolve));
      while (!failed && out.buffer.full) await new Promise((resolve) => setImmediate(resolve));
    }
    out.leave();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  child.stdout.once('data', () => child.stdout.destroy());
  let notes = '';
  child.stderr.on('data', (chunk: Buffer) => {
    notes += chunk.toString();
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  assert.deepEqual([code, notes], [0, BrokenPipeError.name]);
});
