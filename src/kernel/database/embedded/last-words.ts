import { closeSync, fstatSync, globSync, openSync, readSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Why a PostgreSQL did not start or go on. */
export interface LastWords {
  reason: string | undefined;
  /** Its disk has no room. */
  isDiskFull: boolean;
}

const read_bytes_max = 65_536;
/** After a crash PostgreSQL makes a new file of its log of changes before it does anything else. */
const wal_file_bytes = 16 * 1024 ** 2;
/** As `log_line_prefix` has it, in UTC. */
const fatal = /^(\d{4}-\d\d-\d\d) (\S+) UTC .*?(?:FATAL|PANIC): +(.*)$/;
/** What it tells those who connect. */
const to_visitors = /^the database system is /;

/**
 * From the log that PostgreSQL has written in `directory` since a time, in ms: of itself it prints only where that log
 * is.
 */
export function lastWordsOf(directory: string, since: number): LastWords {
  const logs = globSync(join(directory, 'log', '*.log')).filter((path) => statSync(path).mtimeMs >= since);
  const [, , , reason] =
    logs
      .flatMap((path) => endOf(path).split('\n'))
      .map((line) => fatal.exec(line))
      .findLast((found) => found && Date.parse(`${found[1]}T${found[2]}Z`) >= since && !to_visitors.test(found[3]!)) ??
    [];
  const { bavail, bsize } = statfsSync(directory);
  // There may have been no room to say so.
  const isDiskFull = reason?.includes('No space left on device') ?? bavail * bsize < wal_file_bytes;
  return { reason, isDiskFull };
}

function endOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const end = Buffer.alloc(read_bytes_max);
    const from = Math.max(0, fstatSync(file).size - read_bytes_max);
    return end.toString('utf8', 0, readSync(file, end, 0, read_bytes_max, from));
  } finally {
    closeSync(file);
  }
}
