import { hostname } from 'node:os';
import pino, { type Logger, type LoggerOptions } from 'pino';
import { currentScope } from '../usage/scope.ts';
import { type LogLine, lineOf, textOf } from './line.ts';
import { SensitiveNames } from './redact.ts';

/** Lines are buffered and written together: one by one, they took an eighth of the time of a request. A regular shutdown flushes the buffer. */
const together = { minLength: 4096, periodicFlush: 100, sync: false };

export interface LogOptions {
  /** What this process does: web, worker or both. */
  role?: string;
  /** Names of values that no line may show, beside those of credentials; more may be added later. */
  names?: SensitiveNames;
  /** Gets each line as it was written. */
  keep?: (line: LogLine) => void;
}

/**
 * Structured JSON to stdout. Each line says for whom and for what request or job it was written, and holds no credential and nothing personal: neither
 * by the name of a value nor by its form.
 */
export function createLog(
  level: string,
  { role = 'all', names = new SensitiveNames(), keep }: LogOptions = {},
): Logger {
  const out = pino.destination(together);
  const where = `${role}@${hostname()}:${process.pid}`.slice(0, 100);
  const options: LoggerOptions = {
    level,
    base: {},
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: () => {
      const scope = currentScope();
      if (!scope) return {};
      const { tenant_id, user_id, operation, request_id, trace_id } = scope;
      return { tenant: tenant_id, user: user_id ?? null, route: operation, request_id, trace_id };
    },
  };
  return pino(options, {
    write: (written: string) => {
      const line = lineOf(written, names, where);
      out.write(textOf(line, process.pid));
      keep?.(line);
    },
  });
}
