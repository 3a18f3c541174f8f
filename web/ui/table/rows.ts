import { useEffect, useMemo } from 'react';
import { t } from '../../text/text.ts';
import { toast } from '../toast.ts';
import type { Row } from './column.ts';

/** Where the rows at hand stand in a list that is longer than they are. */
export interface Part {
  /** So many rows come before them. */
  before: number;
  /** As far as the list is known. */
  length: number;
  /** These rows are in sight and wanted. */
  show: (first: number, last: number) => void;
}

interface ReadRows<T extends Row> {
  rows: readonly T[];
  part?: Part;
  loading: boolean;
  hasMore?: boolean;
  onMore?: () => void;
}

/** The rows of a list by their place in it. */
export interface Rows<T extends Row> {
  length: number;
  /** Undefined when it is not at hand. */
  at(index: number): T | undefined;
  /** From one place to another, as far as the list goes; null when not all of them are at hand. */
  between(from: number, to: number): T[] | null;
  has(id: string): boolean;
  placeOf(id: string): number | undefined;
}

export function useRows<T extends Row>(rows: readonly T[], part: Part | undefined): Rows<T> {
  const before = part?.before ?? 0;
  const length = part?.length ?? rows.length;
  return useMemo(() => {
    const places = new Map(rows.map(({ id }, index) => [id, before + index]));
    return {
      length,
      at: (index) => rows[index - before],
      between: (from, to) => {
        const end = Math.min(to + 1, length);
        return from < before || end > before + rows.length ? null : rows.slice(from - before, end - before);
      },
      has: (id) => places.has(id),
      placeOf: (id) => places.get(id),
    };
  }, [rows, before, length]);
}

/** The places of the rows at hand. */
export const rowsAtHand = ({ rows, part }: Pick<ReadRows<Row>, 'rows' | 'part'>): number[] =>
  rows.map((_, index) => (part?.before ?? 0) + index);

/** So many rows before the end of what was read more is asked for. */
const near_rows = 20;

/** Has what comes into sight read. */
export function useReading<T extends Row>(list: ReadRows<T>, first: number, last: number): void {
  const { rows, part, loading, hasMore, onMore } = list;
  useEffect(() => {
    if (loading) return;
    if (part) part.show(first, last);
    else if (hasMore && last >= rows.length - near_rows) onMore?.();
  }, [part, loading, hasMore, onMore, first, last, rows.length]);
}

export function tooFar(): void {
  toast(t('These rows are too far apart'), {
    kind: 'error',
    description: t(
      'In a long list only the rows near the visible ones are loaded. Select fewer at once, or select all and use the actions for them.',
    ),
  });
}
