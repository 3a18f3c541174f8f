import { hostname } from 'node:os';
import pino, { type Logger, type LoggerOptions } from 'pino';
import { currentScope } from '../usage/scope.ts';
import { type LogLine, lineOf, textOf } from './line.ts';
import { SensitiveNames } from './redact.ts';

const batch_ms = 100;
const batch_characters_max = 64 * 1024;

export interface LogOptions {
  /** What this process does: web, worker or both. */
  role?: string;
  /** Names of values that no line may show, beside those of credentials; more may be added later. */
  names?: SensitiveNames;
  /** Gets each line as it was written, up to a tenth of a second later; `flush` of the log hands on what waits. */
  keep?: (line: LogLine) => void;
}

/** Batches in which lines wait: a process that ends, unless it is killed, writes them first. */
const waiting = new Set<Batch>();
let isEnding = false;
process.prependListener('exit', () => {
  isEnding = true;
  for (const batch of waiting) batch.flush();
});

/**
 * What is cleaned and written together: one by one, amid the work of requests, each line took several times as long.
 */
class Batch {
  private readonly take: (written: string[]) => void;
  private written: string[] = [];
  private characters = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(take: (written: string[]) => void) {
    this.take = take;
  }

  write(text: string): void {
    if (this.written.length === 0) {
      waiting.add(this);
      this.timer = setTimeout(() => this.flush(), batch_ms).unref();
    }
    this.written.push(text);
    this.characters += text.length;
    if (this.characters >= batch_characters_max) this.flush();
  }

  flush(done?: () => void): void {
    const { written } = this;
    [this.written, this.characters] = [[], 0];
    clearTimeout(this.timer);
    waiting.delete(this);
    if (written.length > 0) this.take(written);
    done?.();
  }
}

/**
 * Structured JSON to stdout. Each line says for whom and for what request or job it was written, and holds no
 * credential and nothing personal: neither by the name of a value nor by its form.
 */
export function createLog(
  level: string,
  { role = 'all', names = new SensitiveNames(), keep }: LogOptions = {},
): Logger {
  const out = pino.destination({ sync: false });
  const write = (text: string) => {
    if (!isEnding) return void out.write(text);
    // What Node has yet to begin of a write when it ends, it gives up.
    out.flushSync();
    pino.destination({ sync: true }).write(text);
  };
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
  const batch = new Batch((written) => {
    const lines = written.map((text) => lineOf(text, names, where));
    write(lines.map((line) => textOf(line, process.pid)).join(''));
    for (const line of lines) keep?.(line);
  });
  return pino(options, batch);
}
