import type { Registry } from '../../kernel/metrics/registry.ts';
import { pause_hours } from '../lifecycle/pause.ts';
import type { Ask } from './connection.ts';
import type { Source } from './database.ts';
import { figure } from './figure.ts';

export function deletionFigures(registry: Registry, ask: Ask): Source<number> {
  const until = figure(
    registry,
    'holdfast_deletion_paused_until_timestamp_seconds',
    'Until when nothing is deleted by age, because much time went by at once, in seconds since 1970; 0 while nothing is in the way',
  );
  return {
    read: async () => {
      const [pause] = await ask<{ until: number }>(
        `select extract(epoch from until)::double precision as until from app.deletion_pause(${pause_hours})`,
      );
      return pause?.until ?? 0;
    },
    show: (moment) => until(moment === undefined ? [] : [[{}, moment]]),
  };
}
