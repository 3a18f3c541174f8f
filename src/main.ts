import { flushCompileCache } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { type App, startApp } from './app.ts';
import { firstStart } from './first-start.ts';
import { ConfigError } from './kernel/config/config.ts';
import { openConfig } from './kernel/config/open.ts';
import { StartFailure } from './kernel/database/embedded.ts';
import { type Installation, prepareInstallation, readAddress, writeAddress } from './kernel/installation.ts';
import { neverSilent } from './kernel/never-silent.ts';
import { MasterKeyError } from './kernel/vault/master-key.ts';
import { createUpgrader } from './operations/upgrade/upgrade.ts';
import { releaseStartMemory } from './start-memory.ts';
import { version } from './version.ts';
import { WorkerProcess } from './worker-process.ts';

/** Draining takes up to 8 s, handing jobs back up to 9 s, and the embedded database some more. */
const stop_ms_max = 15_000;

// Left to itself, V8 lets garbage grow to several times what lives before it looks: 442 MB under lists. Looking when a
// third was added kept that at 276 MB, and took up to a tenth of the processors. What young garbage may take can only
// be said when Node starts: in package.json.
setFlagsFromString('--heap-growing-percent=80');

const started = performance.now();
/** Without a terminal, SIGHUP means to read secrets again, once the program runs. */
let followHangup: (() => void) | undefined;
/** Stops what was started so far. */
let stopStarted: ((code: number) => Promise<void>) | undefined;

async function main(): Promise<void> {
  const { config, reread, secrets, surroundings } = await openConfig(process.argv.slice(2), process.env, say);
  let installation: Installation | undefined;
  let app: Promise<App> | undefined;
  let worker: WorkerProcess | undefined;
  let stopping = false;
  followHangup = () => {
    void secrets.refresh();
    worker?.reread();
  };
  const stop = stopper(async (signal) => {
    stopping = true;
    // Whoever presses Ctrl-C waits for the end; a platform waits for its proxies. What is only starting is stopped once
    // it has: it needs its database.
    const stopServer = async () => (await app?.catch(() => undefined))?.stop({ notice: signal === 'SIGTERM' });
    await Promise.all([stopServer(), worker?.stop()]);
    await installation?.stop();
  });
  stopStarted = stop;
  // A recovery or an upgrade may take long.
  const preparing = neverSilent(say);
  const upgrader = createUpgrader({ config, start: startApp, version, say: preparing.say });
  installation = await prepareInstallation(config, { say: preparing.say, upgrader }).finally(preparing.stop);
  if (config.HOLDFAST_ROLE === 'migrate') return stop(0);
  // On an external database several nodes start, with logs that others read: there, users are made with bin/holdfast.
  const link = config.DATABASE_URL ? undefined : await firstStart(installation, { demo: !config.empty });
  const { databaseUrl, masterKeys } = installation;
  const withWorker = config.HOLDFAST_ROLE === 'all';
  if (withWorker) worker = new WorkerProcess(databaseUrl, say);
  const own = withWorker ? { ...config, HOLDFAST_ROLE: 'web' as const } : config;
  app = startApp({ config: own, databaseUrl, masterKeys, reread, surroundings, secrets });
  const [{ services, address: listening }] = await Promise.all([app, worker?.start()]);
  if (stopping) return;
  // The line is spilled to disk at the end, and stored by whoever starts next.
  process.on('uncaughtExceptionMonitor', (error) => services.log.fatal({ err: error }, 'the process ends'));
  // Kept now, not at the end: that may be a kill.
  flushCompileCache();
  releaseStartMemory();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (listening) {
    const local = listening.replace('127.0.0.1', 'localhost');
    // On a disk without room it serves all the same.
    await writeAddress(config, local).catch((error: Error) =>
      services.log.warn(
        { err: error },
        'where this server listens could not be noted for the links of the command line',
      ),
    );
    const address = config.PUBLIC_URL ? await readAddress(config) : local;
    say(`\nHoldfast is ready after ${seconds} s at ${address}`);
    if (link) say(`Sign in as the administrator, once, with:\n  ${address}/sign-in/link#${link}`);
    else if (!config.DATABASE_URL)
      say('A link that signs in as the administrator, once: bin/holdfast user sign-in-link');
    say('Ctrl-C stops it.\n');
  } else {
    say(`Holdfast runs jobs, ready after ${seconds} s.`);
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/**
 * Stops once, in order. npm passes on the Ctrl-C that the terminal has sent already, so a second signal says nothing
 * new.
 */
function stopper(work: (signal?: NodeJS.Signals) => Promise<void>): (code: number) => Promise<void> {
  let stopping = false;
  const stop = async (code: number, signal?: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    const late = sleep(stop_ms_max, undefined, { ref: false }).then(() => say('Stopping takes too long; ending now.'));
    await Promise.race([work(signal), late]);
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0, signal));
  // A terminal that is closed sends it too.
  process.on('SIGHUP', () => void (process.stdin.isTTY || !followHangup ? stop(0, 'SIGHUP') : followHangup()));
  return stop;
}

/** What the reader can put right is told without a stack. */
function complaint(error: unknown): string {
  if (error instanceof ConfigError || error instanceof StartFailure || error instanceof MasterKeyError)
    return error.message;
  const { code, port, syscall, message, stack } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `port ${port} is taken by another program. Choose one with --port.`;
  if (syscall === 'listen') return `${message}. Choose another address with HOST, or --port.`;
  return `could not start. ${stack ?? error}`;
}

main().catch(async (error: unknown) => {
  say(`holdfast: ${complaint(error)}`);
  // In order: a worker that loses its database says so many times, behind which nobody finds the reason.
  await stopStarted?.(1);
  process.exit(1);
});
