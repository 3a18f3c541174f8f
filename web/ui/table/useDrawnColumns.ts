import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useMemo } from 'react';
import { direction } from '../../text/locale.ts';

export interface DrawnColumn {
  index: number;
  /** Pixels of columns before it that are not drawn. */
  gap: number;
}

interface DrawnColumnsOptions {
  scroller: RefObject<HTMLElement | null>;
  widths: readonly number[];
  /** So many at the start stay in sight. */
  pinned: number;
  /** Those that have the focus, or are to have it. */
  active: readonly number[];
  /** As on paper, where nothing scrolls. */
  all: boolean;
}

/** Of the columns only those in sight are drawn, those that are pinned, and those of the active cell and head. */
export function useDrawnColumns({ scroller, widths, pinned, active, all }: DrawnColumnsOptions) {
  const virtual = useVirtualizer({
    horizontal: true,
    isRtl: direction === 'rtl',
    count: widths.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => widths[index] ?? 0,
    overscan: 1,
    rangeExtractor: (range) => {
      const kept = Array.from({ length: all ? widths.length : pinned }, (_, index) => index);
      const drawn = new Set([...kept, ...active, ...defaultRangeExtractor(range)]);
      return [...drawn].filter((index) => index < widths.length).sort((a, b) => a - b);
    },
  });
  const sizes = widths.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: columns of other widths are measured again
  useEffect(() => virtual.measure(), [virtual, sizes]);

  const shown = virtual
    .getVirtualItems()
    .map(({ index }) => index)
    .join();
  return useMemo(() => {
    const starts = [0];
    for (const width of sizes.split(',')) starts.push((starts.at(-1) ?? 0) + Number(width));
    let end = 0;
    const drawn: DrawnColumn[] = [];
    for (const index of shown === '' ? [] : shown.split(',').map(Number)) {
      drawn.push({ index, gap: (starts[index] ?? 0) - end });
      end = starts[index + 1] ?? 0;
    }
    return { drawn, tail: (starts.at(-1) ?? 0) - end };
  }, [shown, sizes]);
}
