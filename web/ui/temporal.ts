import type { Temporal as Polyfill } from 'temporal-polyfill';

const platform = globalThis as { Temporal?: typeof Polyfill };

/** The platform's own; a browser that has none yet fetches it. */
export const Temporal = platform.Temporal ?? (await import('temporal-polyfill')).Temporal;
export type PlainDate = Polyfill.PlainDate;
