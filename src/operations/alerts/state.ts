import type { Labels } from '../../kernel/metrics/registry.ts';
import type { Limits } from './evaluate.ts';

export type AlertState = 'pending' | 'firing' | 'resolved';

export interface OpenAlert {
  id: string;
  rule: string;
  labels: Labels;
  state: Exclude<AlertState, 'resolved'>;
  value: number;
  started_at: Date;
  cleared_at: Date | null;
  seen_at: Date;
}

/** What becomes of an alert: how it is written, or that it never was one. */
export type Step =
  | { is: 'begin'; state: 'pending' | 'firing' }
  | { is: 'fire' | 'hold' | 'clear' | 'resolve' | 'forget' };

/** How often one that goes on is written down again. */
const seen_seconds = 60;

const secondsSince = (then: Date, now: Date) => (now.getTime() - then.getTime()) / 1000;

/** What follows from a look: the rule holds, or not. Nothing when there is nothing to write. */
export function stepOf(
  alert: OpenAlert | undefined,
  holds: boolean,
  { for_seconds, keep_seconds, enabled }: Limits,
  now: Date,
): Step | undefined {
  if (!alert) return holds ? { is: 'begin', state: for_seconds > 0 ? 'pending' : 'firing' } : undefined;
  const goesOn = secondsSince(alert.seen_at, now) >= seen_seconds ? ({ is: 'hold' } as const) : undefined;
  if (alert.state === 'pending') {
    if (!holds) return { is: 'forget' };
    return secondsSince(alert.started_at, now) >= for_seconds ? { is: 'fire' } : goesOn;
  }
  if (holds) return alert.cleared_at ? { is: 'hold' } : goesOn;
  if (!enabled || keep_seconds === 0) return { is: 'resolve' };
  if (!alert.cleared_at) return { is: 'clear' };
  return secondsSince(alert.cleared_at, now) >= keep_seconds ? { is: 'resolve' } : goesOn;
}
