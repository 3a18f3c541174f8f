import type { DatabaseReport, StatementPlan } from '../../../../src/operations/console/database/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { t } from '../../../text/text.ts';
import { formatNumber } from '../../../ui/format.ts';
import { query } from './installation.ts';

export const databaseQuery = query<DatabaseReport>('/database');

export const readPlan = (id: string) => api.get<StatementPlan>(`/installation/database/statements/${id}/plan`);

/** A time that a statement takes: 3.2 ms, 41 s, 2 min. */
export function spent(ms: number): string {
  if (ms < 1000) return t('{ms} ms', { ms: formatNumber(ms, { maximumSignificantDigits: 2 }) });
  const seconds = ms / 1000;
  if (seconds < 120) return t('{seconds} s', { seconds: formatNumber(seconds, { maximumSignificantDigits: 3 }) });
  const minutes = seconds / 60;
  return minutes < 120
    ? t('{minutes} min', { minutes: formatNumber(minutes, { maximumFractionDigits: 0 }) })
    : t('{hours} h', { hours: formatNumber(minutes / 60, { maximumFractionDigits: 0 }) });
}

/** A transaction that has been open for longer than this is listed even if it blocks nobody and waits for nobody. */
const long_seconds = 60;

/** Waits for others, is waited for, or has a transaction open for long. */
export function worthALook(connections: NonNullable<DatabaseReport['connections']>) {
  const blocking = new Set(connections.flatMap(({ blocked_by }) => blocked_by));
  return connections.filter(
    ({ pid, own, blocked_by, transaction_seconds }) =>
      !own && (blocked_by.length > 0 || blocking.has(pid) || (transaction_seconds ?? 0) > long_seconds),
  );
}
