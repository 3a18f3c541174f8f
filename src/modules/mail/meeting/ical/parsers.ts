import { quickPool } from '../../../../kernel/parsing/pools.ts';
import type { parse } from './parse.ts';
import type { parse as write } from './write.ts';

const limits = {
  seconds_max: 20,
  tooSlow: { code: 'takes_too_long', message: 'It takes too long to read' },
  tooLarge: { code: 'needs_too_much_memory', message: 'It takes too much memory to read' },
};

/**
 * Reads items of a calendar in a process of its own, each by itself: one that cannot be read says why, and the others
 * are there.
 */
export const expandItems = quickPool.parser<typeof parse>({
  module: new URL('./parse.ts', import.meta.url),
  ...limits,
});

/** Writes an item, from what was received of it. */
export const writeItem = quickPool.parser<typeof write>({ module: new URL('./write.ts', import.meta.url), ...limits });
