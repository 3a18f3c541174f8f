import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const script = new URL('./worker-main.ts', import.meta.url);
const pause_before_restart_ms = 1_000;
/**
 * Rows pass through jobs and are gone: a small young generation, and an old one that is looked through early, let go of
 * them.
 */
const memory = ['--max-semi-space-size=8', '--heap-growing-percent=30'];

/**
 * The worker beside a web server that one command started: an import must not make pages wait, and a job that runs out
 * of memory must not take the server with it. It runs with lower priority: on few processors its exports would take
 * them from everybody's pages. It has the flags and the environment of this process, stops with it, and is started
 * again when it dies.
 */
export class WorkerProcess {
  private readonly databaseUrl: string;
  private readonly say: (line: string) => void;
  private child: ChildProcess | undefined;
  private stopping = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(databaseUrl: string, say: (line: string) => void) {
    this.databaseUrl = databaseUrl;
    this.say = say;
  }

  /** Settles when the worker takes jobs. */
  async start(): Promise<void> {
    const launched = this.launch();
    this.loop = launched.then(
      (child) => this.keepAlive(child),
      () => {},
    );
    await launched;
  }

  /** Has it read secrets again now. */
  reread(): void {
    if (this.child?.connected) this.child.send('reread');
  }

  /** Settles when the worker has ended; running jobs are given some time to. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (this.child?.connected) this.child.disconnect();
    await this.loop;
  }

  private async launch(): Promise<ChildProcess> {
    const child = fork(script, process.argv.slice(2), { execArgv: [...process.execArgv, ...memory] });
    this.child = child;
    child.send(this.databaseUrl);
    const ready = await Promise.race([once(child, 'message'), ended(child)]);
    if (!ready && !this.stopping) throw new Error('The worker ended while it started; what it wrote above says why.');
    return child;
  }

  private async keepAlive(first: ChildProcess): Promise<void> {
    await ended(first);
    while (!this.stopping) {
      this.say('The worker ended unexpectedly and is started again; its jobs run again too.');
      await sleep(pause_before_restart_ms);
      if (this.stopping) return;
      await this.launch().then(ended, (error: Error) => {
        if (!this.stopping) this.say(error.message);
      });
    }
  }
}

async function ended(child: ChildProcess): Promise<undefined> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
