import { deleteByRules } from '../../src/operations/housekeeping.ts';
import type { SharedTestApp } from './app.ts';

/** Deletes what is past its time, as the hourly run does. */
export const housekeep = ({ app: { services } }: Pick<SharedTestApp, 'app'>, at = new Date()): Promise<void> =>
  deleteByRules(services, { log: services.log, signal: new AbortController().signal, at });
