// Runs on Node 24: brings node_modules and the built page up to date with their sources, one process at a time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failure, npm, root, say } from './node24.mjs';

const wait_minutes_max = 10;
const sqlite_busy = 5;

/** SQLite's file lock, because the kernel gives it up when the process dies; Node has none of its own. */
function oneAtATime(work) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const lock = new DatabaseSync(join(root, '.cache', 'bootstrap.lock'));
  try {
    try {
      lock.exec('begin exclusive');
    } catch (error) {
      if (error.errcode !== sqlite_busy) throw error;
      say('Another Holdfast is preparing this checkout; waiting for it …');
      lock.exec(`pragma busy_timeout = ${wait_minutes_max * 60_000}; begin exclusive`);
    }
    work();
  } finally {
    lock.close();
  }
}

const matches = (allowed, value) => allowed === undefined || allowed.includes(value);

/** npm writes its own copy of the lock file when an installation is complete; a package it lacks is not installed. */
function dependenciesAreStale(withDevelopment) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return true;
  const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = packages(record);
  return Object.entries(packages(join(root, 'package-lock.json'))).some(([path, wanted]) => {
    if (path === '' || (wanted.dev && !withDevelopment)) return false;
    if (!matches(wanted.os, process.platform) || !matches(wanted.cpu, process.arch)) return false;
    if (wanted.optional && wanted.os === undefined) return false; // npm decides whether to have it
    if (wanted.libc?.includes('musl')) return false;
    return installed[path]?.version !== wanted.version;
  });
}

export function installDependencies({ withDevelopment = false } = {}) {
  if (!dependenciesAreStale(withDevelopment)) return;
  oneAtATime(() => {
    if (!dependenciesAreStale(withDevelopment)) return;
    say('Installing dependencies (npm ci); a minute the first time …');
    npm(['ci', '--include=dev', '--include=optional']);
  });
}

/** Everything the page is made of: its own files, the contracts it shares with the server, and the tools' versions. */
function pageHash() {
  const files = globSync(['web/**/*', 'src/**/contract.ts', 'src/kernel/contract/*.ts', 'package-lock.json'], {
    cwd: root,
    exclude: ['web/dist/**'],
    withFileTypes: true,
  });
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  const hash = createHash('sha256');
  for (const path of paths.sort())
    hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

export function buildPage() {
  const stamp = join(root, '.cache', 'page-built-from');
  const isCurrent = () =>
    existsSync(join(root, 'web', 'dist', 'index.html')) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === pageHash();
  if (isCurrent()) return;
  oneAtATime(() => {
    if (isCurrent()) return;
    say('Building the page …');
    const hash = pageHash();
    rmSync(stamp, { force: true });
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    const args = [vite, 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'];
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Failure('The page could not be built, see above.');
    writeFileSync(stamp, hash);
  });
}
