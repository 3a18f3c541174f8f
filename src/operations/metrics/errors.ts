import type { Registry } from '../../kernel/metrics/registry.ts';
import type { Ask } from './connection.ts';
import type { Source } from './database.ts';
import { figure } from './figure.ts';

export function errorFigures(registry: Registry, ask: Ask): Source<number> {
  const fresh = figure(
    registry,
    'holdfast_errors_new',
    'Causes of errors that were seen for the first time in the last 10 minutes, or came back after they had been resolved',
  );
  return {
    read: async () => (await ask<{ count: number }>('select app.new_errors() as count'))[0]!.count,
    show: (count) => fresh(count === undefined ? [] : [[{}, count]]),
  };
}
