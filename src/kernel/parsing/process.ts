import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import { yieldProcessor } from '../fairness/priority.ts';
import { ParseError } from './parse-error.ts';
import { type FromParser, source_fd, target_fd, type Work } from './pool.ts';

const watchParent = `
  const { workerData } = require('node:worker_threads');
  setInterval(() => process.ppid === workerData || process.kill(process.pid, 'SIGKILL'), 1_000);`;

/** Whose compiled code is on the disk: this process is killed in the end, and would leave none. */
const compiled = new Set<string>();

const say = (message: FromParser) => process.send!(message);

async function read({ module, input, streams }: Work): Promise<FromParser> {
  try {
    const { parse, convert } = await import(module);
    say('loaded');
    if (!compiled.has(module)) flushCompileCache();
    compiled.add(module);
    if (!streams) return { value: await parse(input) };
    const source = new Socket({ fd: source_fd, readable: true, writable: false });
    const target = new Socket({ fd: target_fd, readable: false, writable: true });
    await pipeline(Readable.from(convert(input, source) as AsyncIterable<string>), target);
    return { value: undefined };
  } catch (error) {
    if (error instanceof ParseError) return { refused: { code: error.code, message: error.message } };
    const { message, stack, code } = error as NodeJS.ErrnoException;
    return { failed: { message, stack, code } };
  }
}

yieldProcessor();
// A terminal and a service manager signal all processes: what the server still waits for is read to its end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
// A parser that is busy does not hear that the server is gone. As a text: a module would be loaded with the help of
// this thread.
const watcher = new Worker(watchParent, { eval: true, workerData: process.ppid });
await once(watcher, 'online');
watcher.unref();
process.on('message', (work: Work) => void read(work).then(say));
