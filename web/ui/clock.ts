import { useSyncExternalStore } from 'react';
import { today } from './format.ts';

/**
 * A page may stay open for days: what it says of the time goes on with it. Also after a sleep of the machine, as no
 * long timer would.
 */
const look_ms = 10_000;
const minute_ms = 60_000;

const listeners = new Set<() => void>();
let timer: number | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(() => {
    for (const each of listeners) each();
  }, look_ms);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

const minute = () => Math.floor(Date.now() / minute_ms);

/** This moment, and at least once a minute the next. */
export function useNow(): number {
  useSyncExternalStore(subscribe, minute);
  return Date.now();
}

/** The day of the reader. */
export const useToday = (): string => useSyncExternalStore(subscribe, () => today());
