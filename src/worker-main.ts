import { once } from 'node:events';
import { startApp } from './app.ts';
import { openConfig } from './kernel/config/open.ts';
import { yieldProcessor } from './kernel/fairness/priority.ts';
import { readMasterKeys } from './kernel/installation.ts';
import { releaseStartMemory } from './start-memory.ts';

/**
 * What `WorkerProcess` starts: a worker on the database whose address it is sent, until its parent lets go of it or is
 * gone.
 */

const stop_ms_max = 15_000;

// A Ctrl-C in the terminal reaches this process too; the parent says when it is time.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

// Somebody waits for what the web server does; exports and the like can.
yieldProcessor();

const released = once(process, 'disconnect');
const sent = once(process, 'message') as Promise<[string]>;
const {
  config: read,
  reread,
  secrets,
  surroundings,
} = await openConfig(process.argv.slice(2), process.env, (line) => process.stderr.write(`${line}\n`));
const config = { ...read, HOLDFAST_ROLE: 'worker' as const };
const [databaseUrl] = await sent;
const app = await startApp({
  config,
  databaseUrl,
  masterKeys: await readMasterKeys(config),
  reread,
  surroundings,
  secrets,
  besideServer: true,
});
process.on('message', () => void secrets.refresh());
process.on('uncaughtExceptionMonitor', (error) => app.services.log.fatal({ err: error }, 'the process ends'));
releaseStartMemory();
if (process.connected) process.send!('ready');
await released;
setTimeout(() => process.exit(1), stop_ms_max);
await app.stop();
process.exit(0);
