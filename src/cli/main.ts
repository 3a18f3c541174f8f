import { runCommandLine } from './command-line.ts';

const linger_ms = 1_000;

process.exitCode = await runCommandLine(process.argv.slice(2), process);
// A connection to a server that never answers would keep the process.
setTimeout(() => process.exit(), linger_ms).unref();
