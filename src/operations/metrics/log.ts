import { join } from 'node:path';
import { readWaitingLog, type WaitingLog } from '../../kernel/logs/waiting.ts';
import type { Registry } from '../../kernel/metrics/registry.ts';
import type { Source } from './database.ts';
import { figure } from './figure.ts';

/** Lines of the log that wait in the data directory until the store takes them. */
export function logFigures(registry: Registry, dir: string): Source<WaitingLog> {
  const bytes = figure(
    registry,
    'holdfast_log_waiting_bytes',
    'Lines of the log that wait on disk, because the log store did not take them',
  );
  const since = figure(
    registry,
    'holdfast_log_waiting_since_timestamp_seconds',
    'When the oldest of these was written; missing when none waits',
  );
  return {
    read: () => readWaitingLog(join(dir, 'log')),
    show: (waiting) => {
      bytes(waiting ? [[{}, waiting.bytes]] : []);
      since(waiting?.since ? [[{}, waiting.since.getTime() / 1_000]] : []);
    },
  };
}
