import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Step {
  path: string;
  /** The line that is there already, before the new ones; absent for a new file. */
  after: string | undefined;
  added: string[];
}

/** The changes that a page of docs/ tells to make. */
export function stepsOf(page: string): Step[] {
  return [...readFileSync(join(root, page), 'utf8').matchAll(/^```diff (\S+)\n(.*?)^```/gms)].map(([, path, block]) => {
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
    mkdirSync(dirname(file), { recursive: true });
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

function lint(copy: string, steps: readonly Step[]): void {
  const files = [...new Set(steps.map(({ path }) => path))].filter((path) => path.endsWith('.ts'));
  const args = ['check', '--error-on-warnings', '--vcs-enabled=false', ...files];
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/biome'), args, {
    cwd: copy,
    encoding: 'utf8',
  });
  assert.equal(status, 0, `${stdout}${stderr}`);
}

/** Works in a copy of the repository in which the steps were followed. */
export async function inCopy(steps: readonly Step[], work: (copy: string) => Promise<void>): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), 'holdfast-followed-'));
  try {
    for (const part of [
      'src',
      'db',
      'test',
      'web',
      'docs',
      'deploy',
      'generated',
      'package.json',
      'tsconfig.json',
      'biome.json',
    ])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const step of steps) follow(copy, step);
    lint(copy, steps);
    await work(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
