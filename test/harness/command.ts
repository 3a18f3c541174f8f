import { Writable } from 'node:stream';
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { SharedTestApp } from './app.ts';
import { testKey } from './cluster.ts';
import { ownEnvironment } from './process.ts';

/**
 * Runs the command line in this process, and returns its stdout or fails as `holdfast` does: for what a command does,
 * many times. Loading the program takes a process of its own a second.
 */
export async function command(args: string[], env: Record<string, string> = {}): Promise<string> {
  const written = { stdout: '', stderr: '' };
  const into = (stream: keyof typeof written) =>
    new Writable({
      write: (chunk, _, done) => {
        written[stream] += chunk;
        done();
      },
    });
  const terminal = { env: { ...ownEnvironment, ...env }, stdout: into('stdout'), stderr: into('stderr') };
  const code = await runCommandLine(args, terminal);
  const said = `holdfast ${args.join(' ')}\n${written.stderr}`;
  if (code !== 0) throw Object.assign(new Error(`Command failed: ${said}`), { code, ...written });
  return written.stdout.trim();
}

/** The same, in the installation of a test app. */
export const commandIn = ({ database, app }: SharedTestApp, ...args: string[]): Promise<string> =>
  command(args, {
    DATABASE_URL: database.ownerUrl,
    HOLDFAST_DATA: app.services.config.HOLDFAST_DATA,
    HOLDFAST_KEY: testKey(),
  });
