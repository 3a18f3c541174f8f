import pino, { type Logger } from 'pino';

/** Structured JSON to stdout. Credentials never reach it: these paths are replaced wherever a line carries them. */
export function createLog(level: string): Logger {
  return pino({
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['password', '*.password', 'token', '*.token', 'key', '*.key', 'secret', '*.secret', 'authorization', '*.authorization', 'cookie', '*.cookie',
        'err.parameters', 'err.detail', 'err.query', 'err.config'], // biome-ignore format: a list of words
      censor: '[redacted]',
    },
  });
}
