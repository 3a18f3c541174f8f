import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type {
  FileAnswers,
  FileCounts,
  ImportOptions,
  ImportReport,
  importFile,
  importProblem,
  importResource,
  importTargets,
  RelationMatches,
} from '../../../../src/platform/import/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { inTurn } from '../../../platform/query/lanes.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { t } from '../../../text/text.ts';
import type { Meaning } from '../../../ui/Badge.tsx';
import { formatPercent } from '../../../ui/format.ts';

export type { FileAnswers, FileCounts, ImportOptions, RelationMatches };
export type ImportState = RowOf<typeof importResource>['state'];
export type ImportFile = z.output<typeof importFile>;
export type ImportColumn = ImportFile['columns'][number];
export type ImportProblem = z.output<typeof importProblem>;
export type ImportSummary = RowOf<typeof importResource>;
export type ImportDetail = ImportSummary & ImportReport;
export type ImportTarget = z.output<typeof importTargets>['data'][number];

/** What the values of a column look like. */
export const columnKinds: Record<string, string> = {
  text: t('text'),
  email: t('e-mail address'),
  phone: t('phone number'),
  url: t('web address'),
  boolean: t('yes or no'),
  country: t('country'),
  enum: t('one of a few texts'),
  integer: t('whole number'),
  decimal: t('number'),
  money: t('amount'),
  date: t('date'),
};

export const stateLabels: Record<ImportState, { label: string; meaning: Meaning }> = {
  ready: { label: t('Not started'), meaning: 'neutral' },
  dry_running: { label: t('Checking'), meaning: 'info' },
  running: { label: t('Running'), meaning: 'accent' },
  done: { label: t('Completed'), meaning: 'good' },
  failed: { label: t('Failed'), meaning: 'bad' },
  cancelled: { label: t('Cancelled'), meaning: 'attention' },
  reverting: { label: t('Being reverted'), meaning: 'attention' },
  reverted: { label: t('Reverted'), meaning: 'neutral' },
};

const working = new Set<ImportState>(['dry_running', 'running', 'reverting']);
export const isWorking = (state: ImportState) => working.has(state);

const poll_ms = 1000;

/** An import; read again every second while it works, for its progress. */
export function useImport(id: string | undefined) {
  return useQuery({
    queryKey: ['import', 'one', id],
    enabled: id !== undefined,
    queryFn: ({ signal }) => api.get<ImportDetail>(`/imports/${id}`, {}, signal),
    refetchInterval: ({ state }) => (state.data && isWorking(state.data.state) ? poll_ms : false),
  });
}

export function useImportTargets() {
  return useQuery({
    // The workspace's own fields are among them.
    queryKey: ['custom_field', 'other', 'import-targets'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => (await api.get<{ data: ImportTarget[] }>('/import-targets', {}, signal)).data,
  });
}

export function changeImport(
  id: string,
  change: { options?: Partial<ImportOptions>; files?: (FileAnswers & { id: string })[] },
): Promise<void> {
  return inOrder(() => show(id, api.patch<ImportDetail>(`/imports/${id}`, change)));
}

/** Starts the check, the import, or its reversal. */
export function startImport(id: string, what: 'dry-runs' | 'runs' | 'reversal' | 'cancellation'): Promise<void> {
  return inOrder(() => show(id, api.post<ImportDetail>(`/imports/${id}/${what}`)));
}

/** A check goes by what was chosen just before it, and an import by what was just put right. */
export const inOrder = <Result>(work: () => Promise<Result>): Promise<Result> => inTurn('import', work);

async function show(id: string, sent: Promise<ImportDetail>): Promise<void> {
  const detail = await sent;
  const queryKey = ['import', 'one', id];
  // What is being read may be older than this answer.
  await queryClient.cancelQueries({ queryKey });
  queryClient.setQueryData(queryKey, detail);
}

/** Without a value and without a field: nothing is lost by leaving it out. */
export const isEmptyColumn = ({ field, filled }: ImportColumn): boolean => field === null && filled === 0;

/** Something is never shown as nothing, nor almost all as all. */
export function filledPercent(filled: number): string {
  const percent = filled * 100;
  return formatPercent(percent > 0 && percent < 1 ? 1 : percent > 99 && percent < 100 ? 99 : Math.round(percent));
}

export function totals(files: readonly ImportFile[]): FileCounts {
  const sum = { rows: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, errors: 0 };
  for (const { counts, ignored } of files) {
    if (ignored) continue;
    for (const key of Object.keys(sum) as (keyof FileCounts)[]) sum[key] += counts[key];
  }
  return sum;
}
