import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const files_max = 6;

interface Step {
  path: string;
  /** The line that is there already, before the new ones; absent for a new file. */
  after: string | undefined;
  added: string[];
}

function stepsOf(page: string): Step[] {
  return [...page.matchAll(/^```diff (\S+)\n(.*?)^```/gms)].map(([, path, block]) => {
    const lines = block!.trimEnd().split('\n');
    return {
      path: path!.replace('NNNN', nextNumber()),
      after: lines.find((line) => !line.startsWith('+'))?.slice(1),
      added: lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1)),
    };
  });
}

function nextNumber(): string {
  const last = Math.max(...readdirSync(join(root, 'db/migrations')).map((name) => Number(name.slice(0, 4))));
  return String(last + 1).padStart(4, '0');
}

function follow(copy: string, { path, after, added }: Step): void {
  const file = join(copy, path);
  if (after === undefined) {
    assert.ok(!existsSync(file), `${path} should be new`);
    writeFileSync(file, `${added.join('\n')}\n`);
    return;
  }
  const lines = readFileSync(file, 'utf8').split('\n');
  // Where it stands is what counts, not how deep it is indented.
  const place = lines.findIndex((line) => line.trim() === after.trim());
  assert.ok(place >= 0, `${path} has no line "${after.trim()}"`);
  lines.splice(place + 1, 0, ...added);
  writeFileSync(file, lines.join('\n'));
}

test('whoever follows docs/add-a-field.md has a field that works, in at most six files', {
  timeout: 120_000,
}, async () => {
  const steps = stepsOf(readFileSync(join(root, 'docs/add-a-field.md'), 'utf8'));
  assert.ok(steps.length > 0 && steps.length <= files_max);
  const copy = mkdtempSync(join(tmpdir(), 'holdfast-add-a-field-'));
  try {
    for (const folder of ['src', 'db', 'test', 'web', 'package.json', 'tsconfig.json'])
      cpSync(join(root, folder), join(copy, folder), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const step of steps) follow(copy, step);
    const written = steps.find((step) => step.path.endsWith('.test.ts'))!.path;
    // Without NODE_TEST_CONTEXT the test runs as a run of its own.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    await promisify(execFile)(process.execPath, ['--test', written, 'test/text/text.test.ts'], { cwd: copy, env });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});
