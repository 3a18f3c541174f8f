import { useQuery } from '@tanstack/react-query';
import { api } from '../../../app/api.ts';
import { queryClient } from '../../../app/queryClient.ts';
import { t } from '../../../text/text.ts';
import type { Meaning } from '../../../ui/Badge.tsx';
import { formatPercent } from '../../../ui/format.ts';

export type ImportState =
  | 'ready'
  | 'dry_running'
  | 'running'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'reverting'
  | 'reverted';

export interface ImportOptions {
  mode: 'create_and_update' | 'create' | 'update';
  bad_cells: 'leave_empty' | 'note' | 'leave_out_row';
  blank_cells: 'keep' | 'clear';
  missing_relations: 'leave_empty' | 'leave_out_row' | 'create';
  currency: string | null;
}

export interface Dialect {
  encoding: string;
  delimiter: string;
  quote: string | null;
  escape: string | null;
  header: boolean;
  /** Before the header, or before the first row of data. */
  skipped_rows?: number;
}

export interface ImportColumn {
  name: string;
  kind: string;
  format: string | null;
  samples: string[];
  /** Share of rows with a value. */
  filled: number;
  /** All its texts, of a column of few that repeat. */
  choices: string[] | null;
  field: string | null;
  confidence: number | null;
  reason: string | null;
}

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

export interface Question {
  code: string;
  column: string;
  message: string;
  options: { value: string; label: string }[];
  proposed: string;
}

export interface ImportProblem {
  code: string;
  severity: 'fatal' | 'error' | 'warning';
  row: number | null;
  column: string | null;
  message: string;
  value?: string | null;
}

export interface FileCounts {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  skipped: number;
  errors: number;
}

export interface FileAnswers {
  ignored?: boolean;
  resource?: string;
  dialect?: Partial<Dialect>;
  columns?: Record<string, string | null>;
  values?: { code: string; column: string; value: string }[];
  saved_mapping_id?: string;
}

export interface RelationMatches {
  column: string;
  field: string;
  resource: string;
  exact_rows: number;
  normalised: { text: string; name: string; rows: number }[];
  ambiguous: { text: string; names: string[]; rows: number }[];
  missing: { text: string; suggestion: string | null; rows: number }[];
  /** Records that are created, with those that are called alike. */
  created: { text: string; suggestion: string | null; rows: number }[];
  created_count: number;
}

export interface UnknownOptions {
  column: string;
  field: string;
  values: { text: string; rows: number }[];
  other_rows: number;
}

export interface ImportFile {
  id: string;
  position: number;
  name: string;
  size_bytes: number;
  ignored: boolean;
  resource: string | null;
  dialect: Dialect;
  columns: ImportColumn[];
  preview: string[][];
  alternatives: { resource: string; confidence: number }[];
  /** The system that wrote it, where its columns tell. */
  source: string | null;
  reasons: string[];
  questions: Question[];
  problems: ImportProblem[];
  answers: FileAnswers;
  matches: RelationMatches[];
  /** Texts of columns that are no option of their field. */
  unknown_options: UnknownOptions[];
  counts: FileCounts;
  rows_done: number;
  bytes_done: number;
  linking: boolean;
  complete: boolean;
}

export interface ImportSummary {
  id: string;
  version: number;
  name: string;
  state: ImportState;
  error: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export interface ImportDetail extends ImportSummary {
  options: ImportOptions;
  files: ImportFile[];
  problem_samples: (ImportProblem & { file_id: string; count: number })[];
  reversal: {
    deleted: number;
    restored: number;
    kept: number;
    /** Older reports have only the sums. */
    kinds?: { resource: string; deleted: number; restored: number; kept: number; gone: number }[];
    kept_samples: { resource: string; id: string; name: string | null; reason: string }[];
  } | null;
}

export interface ImportTarget {
  resource: string;
  label: string;
  fields: {
    name: string;
    label: string;
    type: string;
    required: boolean;
    /** Of a choice. */
    values: string[] | null;
    custom_field_id: string | null;
  }[];
}

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
  return inOrder(id, () => api.patch<ImportDetail>(`/imports/${id}`, change));
}

/** Starts the check, the import, or its reversal. */
export function startImport(id: string, what: 'dry-runs' | 'runs' | 'reversal' | 'cancellation'): Promise<void> {
  return inOrder(id, () => api.post<ImportDetail>(`/imports/${id}/${what}`));
}

let latest: Promise<unknown> = Promise.resolve();

/** One after the other: a check goes by what was chosen just before it. */
function inOrder(id: string, send: () => Promise<ImportDetail>): Promise<void> {
  const done = latest.then(async () => {
    const detail = await send();
    const queryKey = ['import', 'one', id];
    // What is being read may be older than this answer.
    await queryClient.cancelQueries({ queryKey });
    queryClient.setQueryData(queryKey, detail);
  });
  latest = done.catch(() => undefined);
  return done;
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
