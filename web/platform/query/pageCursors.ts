/** Where a page of a list begins: after this cursor, so many rows down, behind this row. */
export interface PageCursor {
  cursor: string;
  before: number;
  behind: string | null;
}

export const start: PageCursor = { cursor: '', before: 0, behind: null };

/** The pages at hand, as places with the one where it goes on; null at the end of the list. */
interface LoadedPages {
  places: readonly PageCursor[];
  next: PageCursor | null;
}

/**
 * The way through a list with the places now at hand. What lies behind them stays known unless they end elsewhere than
 * they did.
 */
export function mergePages(way: readonly PageCursor[], { places, next }: LoadedPages): readonly PageCursor[] {
  const [first] = places;
  if (!first) return way;
  const earlier = way.filter(({ before }) => before < first.before);
  const asBefore = way.some(({ before, behind }) => before === next?.before && behind === next.behind);
  const later = next && asBefore ? way.filter(({ before }) => before > next.before) : [];
  return [...earlier, ...places, ...(next ? [next] : []), ...later];
}

/** Where to read on for this row: the last place on the way that is not behind it. */
export function cursorFor(way: readonly PageCursor[], row: number): PageCursor {
  return way.findLast(({ before }) => before <= row) ?? start;
}

/** The place that leads up to this one; null for the start. */
export function cursorBefore(way: readonly PageCursor[], { before }: PageCursor): PageCursor | null {
  return way.findLast((place) => place.before < before) ?? null;
}

/**
 * Whether the pages at hand are read again from this place on, wherever in the list that is: how many there are comes
 * with that page.
 */
export const isFirst = ({ cursor }: PageCursor, atHand: readonly PageCursor[]): boolean =>
  cursor === (atHand[0] ?? start).cursor;
