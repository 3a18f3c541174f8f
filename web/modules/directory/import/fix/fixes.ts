import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { shown_cell_characters_max } from '../../../../../src/platform/import/fix/contract.ts';
import { api, type Page, readAll } from '../../../../platform/query/api.ts';
import { queryClient } from '../../../../platform/query/queryClient.ts';
import { type ImportProblem, inOrder } from '../import.ts';

export type Fix =
  | { row: number; column: string; value: string | null }
  | { column: string; was: string; value: string | null }
  | { row: number; left_out: boolean }
  | { row: number; record_id: string | null };

/** A row of a file with what is wrong with it, and what was put right. */
export interface FixRow {
  id: string;
  row: number;
  cells: string[];
  /** Columns whose cell is longer than what is shown of it. */
  cut: string[];
  /** By column: what stands in the file. */
  was: Record<string, string>;
  left_out: boolean;
  problems: Pick<ImportProblem, 'code' | 'severity' | 'column' | 'message'>[];
}

export interface MadeFix {
  id: string;
  row: number | null;
  column: string | null;
  was: string | null;
  value: string | null;
  record_id: string | null;
}

export type Only = 'problems' | 'all';

const rows_per_page = 100;
const fixes_per_page = 50;

export const isMultiline = (text: string): boolean => /[\r\n]/.test(text);

/** What stands in the file where the cell is now. */
export const original = (row: FixRow, columns: readonly string[], column: string): string =>
  row.was[column] ?? row.cells[columns.indexOf(column)] ?? '';

/** Whether that is all of it: of what is cut the server knows no cell that says the same. */
export const isWhole = (row: FixRow, columns: readonly string[], column: string): boolean =>
  original(row, columns, column).length < shown_cell_characters_max;

export function useFixRows(importId: string, fileId: string, only: Only) {
  const query = useInfiniteQuery({
    queryKey: ['import', 'rows', importId, fileId, only],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Omit<FixRow, 'id'>> & { total: number }>(
        `/imports/${importId}/rows`,
        { file_id: fileId, only, cursor: pageParam, limit: rows_per_page },
        signal,
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
  const rows = query.data?.pages.flatMap(({ data }) => data.map((row) => ({ ...row, id: String(row.row) }))) ?? [];
  return { ...query, rows, total: query.data?.pages[0]?.total ?? 0 };
}

export function useMadeFixes(importId: string, fileId: string) {
  const query = useInfiniteQuery({
    queryKey: ['import', 'fixes', importId, fileId],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<MadeFix>>(
        `/imports/${importId}/fixes`,
        { file_id: fileId, cursor: pageParam, limit: fixes_per_page },
        signal,
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
  return { ...query, fixes: query.data?.pages.flatMap(({ data }) => data) ?? [] };
}

export const useAllFixes = (importId: string, fileId: string) =>
  useQuery({
    queryKey: ['import', 'fixes', importId, fileId, 'all'],
    queryFn: async ({ signal }) =>
      (await readAll<MadeFix>(`/imports/${importId}/fixes`, { file_id: fileId }, signal)).data,
  });

/** Answers what takes it back. */
export async function makeFixes(importId: string, fileId: string, fixes: readonly Fix[]): Promise<Fix[]> {
  const { undo } = await api.post<{ undo: Fix[] }>(`/imports/${importId}/fixes`, { file_id: fileId, fixes });
  return undo;
}

export async function removeFix(importId: string, id: string): Promise<void> {
  await inOrder(() => api.delete(`/imports/${importId}/fixes/${id}`));
  await refreshImport();
}

/** Reads again what corrections change. */
export const refreshImport = () => queryClient.invalidateQueries({ queryKey: ['import'] });
