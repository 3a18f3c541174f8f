import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { affectedTests } from './affected.ts';

/**
 * Runs the tests that what was changed since main may break, committed or not; with another branch or commit, since
 * that.
 */

const root = resolve(import.meta.dirname, '../..');
const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');

const [base = 'main'] = process.argv.slice(2);
const [since] = git('merge-base', base, 'HEAD');
const changed = [
  ...git('diff', '--name-only', '--no-renames', since!),
  ...git('ls-files', '--others', '--exclude-standard'),
];
const files = globSync(['src/**/*.{ts,tsx}', 'web/**/*.{ts,tsx}', 'test/**/*.ts', 'bench/**/*.ts'], {
  cwd: root,
  exclude: ['web/dist/**'],
}).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const tests = affectedTests(files, changed).filter((path) => existsSync(join(root, path)));
console.log(`${changed.length} files changed since ${base}; ${tests.length} test files for them.`);
if (changed.some((path) => path.startsWith('web/')))
  console.log('Tests in the browser that were not changed are not among them: name those of your page to test:some.');
process.argv.splice(2, process.argv.length, ...tests);
if (changed.length > 0) await import('../run.ts');
