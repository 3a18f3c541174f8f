import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { z } from 'zod';
import type { LogLine, logCounts, logPage, logWorkspaces } from '../../../../src/operations/logs/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { t } from '../../../text/text.ts';
import type { Meaning } from '../../../ui/Badge.tsx';

export type { LogLine };
export type LogPage = z.infer<typeof logPage>;
export type LogCounts = z.infer<typeof logCounts>;

const minute_ms = 60_000;
const hour_ms = 60 * minute_ms;
const day_ms = 24 * hour_ms;

export const ranges = [
  { id: '15m', ms: 15 * minute_ms, label: t('Last 15 minutes') },
  { id: '1h', ms: hour_ms, label: t('Last hour') },
  { id: '6h', ms: 6 * hour_ms, label: t('Last 6 hours') },
  { id: '24h', ms: day_ms, label: t('Last 24 hours') },
  { id: '7d', ms: 7 * day_ms, label: t('Last 7 days') },
  { id: '30d', ms: 30 * day_ms, label: t('Last 30 days') },
] as const;
const range_default = ranges[3];

const filterNames = ['level', 'text', 'route', 'user_id', 'tenant_id', 'request_id', 'trace_id'] as const;
export type LogFilter = Partial<Record<(typeof filterNames)[number], string>>;

/**
 * What the address says: a filter, a time that ends now or one with a beginning and an end, and the line that is open.
 */
export type LogSearch = LogFilter & { range?: string; from?: string; to?: string; line?: string };

export interface Period {
  from: string;
  to: string;
}

/** The address of the page, read and changed. A number in an address is a text to search for. */
export function useLogSearch(section: string) {
  const raw = useSearch({ strict: false }) as Record<string, unknown>;
  const navigate = useNavigate();
  const search = Object.fromEntries(
    Object.entries(raw).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)]],
    ),
  ) as LogSearch;
  const go = (next: LogSearch, replace = false) =>
    void navigate({ to: '/settings/$section', params: { section }, search: next as never, replace });
  return { search, go };
}

export function filterOf(search: LogSearch, everything: boolean): LogFilter {
  const names = filterNames.filter((name) => search[name] && (everything || name !== 'tenant_id'));
  return Object.fromEntries(names.map((name) => [name, search[name]]));
}

/** The period of an address that has both ends of one; undefined when it ends now. */
export const fixedPeriod = ({ from, to }: LogSearch): Period | undefined =>
  from && to && Date.parse(from) < Date.parse(to) ? { from, to } : undefined;

export const rangeOf = ({ range }: LogSearch) => ranges.find(({ id }) => id === range) ?? range_default;

export function periodOf(search: LogSearch, now: number): Period {
  // The clock of this computer may be behind that of the server.
  const to = now + minute_ms;
  return (
    fixedPeriod(search) ?? { from: new Date(now - rangeOf(search).ms).toISOString(), to: new Date(to).toISOString() }
  );
}

const pathOf = (everything: boolean) => (everything ? '/installation/log-lines' : '/log-lines');
const page_lines = 100;

export const readLines = (
  everything: boolean,
  query: LogFilter & Period & { limit?: number; cursor?: string },
  signal?: AbortSignal,
) => api.get<LogPage>(pathOf(everything), { limit: page_lines, ...query }, signal);

/** Lines page by page. A search that ran out of its time has a next page without having found a hundred lines. */
export function useLines(everything: boolean, filter: LogFilter, period: Period, enabled: boolean) {
  const pages = useInfiniteQuery({
    queryKey: ['log', everything, filter, period],
    initialPageParam: '',
    enabled,
    placeholderData: keepPreviousData,
    gcTime: minute_ms,
    queryFn: ({ pageParam, signal }) => readLines(everything, { ...filter, ...period, cursor: pageParam }, signal),
    getNextPageParam: (page) => page.next_cursor,
  });
  const lines = useMemo(() => pages.data?.pages.flatMap(({ data }) => data), [pages.data]);
  return { ...pages, data: lines, searched_to: pages.data?.pages.at(-1)?.searched_to ?? null };
}

export const useCounts = (everything: boolean, filter: LogFilter, period: Period, bars: number) =>
  useQuery({
    queryKey: ['log counts', everything, filter, period, bars],
    placeholderData: keepPreviousData,
    gcTime: minute_ms,
    queryFn: ({ signal }) =>
      api.get<LogCounts>(`${pathOf(everything)}/histogram`, { ...filter, ...period, bars }, signal),
  });

/** Of an operator: the workspaces whose lines these are, and where traces are shown. */
export const useWorkspaces = (everything: boolean): Partial<z.infer<typeof logWorkspaces>> =>
  useQuery({
    queryKey: ['log workspaces'],
    enabled: everything,
    staleTime: 5 * minute_ms,
    queryFn: ({ signal }) => api.get<z.infer<typeof logWorkspaces>>('/installation/log-workspaces', {}, signal),
  }).data ?? {};

export const traceUrlOf = (template: string, trace_id: string): string => template.replaceAll('{trace_id}', trace_id);

export function levelOf({ level }: Pick<LogLine, 'level'>): { label: string; meaning: Meaning } {
  if (level >= 60) return { label: t('Fatal'), meaning: 'bad' };
  if (level >= 50) return { label: t('Error'), meaning: 'bad' };
  if (level >= 40) return { label: t('Warning'), meaning: 'attention' };
  return { label: t('Info'), meaning: 'neutral' };
}

/** The line in one row: of a request what was asked and answered, of an error what it says. */
export function summaryOf({ message, data }: LogLine): string {
  if (message === 'request' && typeof data.url === 'string')
    return `${data.method} ${data.url} → ${data.status} · ${data.ms} ms`;
  const error = data.err as { message?: unknown } | undefined;
  return typeof error?.message === 'string' ? `${message}: ${error.message}` : message;
}

/** The job that wrote a line. */
export const jobOf = ({ request_id }: LogLine): string | undefined =>
  /^job:([0-9a-f-]{36})$/.exec(request_id ?? '')?.[1];

/** Around a line, where the rest of its request or trace is. */
export const around = ({ at }: LogLine): Period => ({
  from: new Date(Date.parse(at) - day_ms).toISOString(),
  to: new Date(Date.parse(at) + day_ms).toISOString(),
});
