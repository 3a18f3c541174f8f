import { queryOptions, useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { holdings, performance } from '../../../../src/modules/wealth/figures/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import { today } from '../../../ui/format.ts';

export type Holdings = z.infer<typeof holdings>;
export type Holding = Holdings['data'][number];
export type Performance = z.infer<typeof performance>;
/** The returns of a period. */
export type Period = Omit<Performance['periods'][number], 'start'>;
/** Of what figures are told. */
export type Subject = 'household' | 'financial_account';

export const useHoldings = (of: Subject, id: string) =>
  useQuery({
    queryKey: ['wealth_figures', 'holdings', of, id],
    queryFn: ({ signal }) => api.get<Holdings>(`${pathOf(of)}/${id}/holdings`, {}, signal),
  });

/** With the returns of the periods that begin with the ends of these days. */
export const performanceQuery = (of: Subject, id: string, starts: readonly string[]) =>
  queryOptions({
    queryKey: ['wealth_figures', 'performance', of, id, starts],
    queryFn: ({ signal }) =>
      api.get<Performance>(`${pathOf(of)}/${id}/performance`, { starts: starts.join(',') }, signal),
  });

/** The day so many years ago; the end of February where that had no 29th. */
export function yearsAgo(years: number, from = today()): string {
  const day = new Date(`${from}T00:00:00Z`);
  const month = day.getUTCMonth();
  day.setUTCFullYear(day.getUTCFullYear() - years);
  if (day.getUTCMonth() !== month) day.setUTCDate(0);
  return day.toISOString().slice(0, 10);
}
