import type { Span } from '../../ui/calendar/span.ts';
import { isDay } from '../../ui/isDay.ts';
import type { Filter } from './filter/filter.ts';
import { isFilter } from './filter/isFilter.ts';
import type { ListLayout } from './layouts/listLayout.ts';

/** What the address of a list carries. */
export interface ListSearch {
  view?: string;
  filter?: Filter;
  sort?: string;
  /** The record shown in the panel. */
  open?: string;
  create?: boolean;
  /** How the list is laid out, and the field that a board or a calendar goes by. */
  layout?: ListLayout;
  by?: string;
  /** The field under whose values the rows of a table stand; empty: under none, though the view says so. */
  group?: string;
  /** What a calendar shows: the month or week around a day. */
  day?: string;
  span?: Span;
  /** Of what holds for a while: the day on which it is to hold. */
  asOf?: string;
  /** Which of several boards is shown, where a record type has more than one. */
  board?: string;
}

/** A layout that the record type does not have is shown as a table. */
const layout_id = /^[a-z-]{1,40}$/;

export function listSearch(search: Record<string, unknown>): ListSearch {
  const text = (key: string) => (typeof search[key] === 'string' ? (search[key] as string) : undefined);
  const [layout, span] = [text('layout'), text('span')];
  const day = (key: string) => (isDay(search[key]) ? search[key] : undefined);
  return {
    view: text('view'),
    filter: isFilter(search.filter) ? search.filter : undefined,
    sort: text('sort'),
    open: text('open'),
    create: search.create === true || undefined,
    layout: layout && layout_id.test(layout) ? layout : undefined,
    by: text('by'),
    group: text('group'),
    day: day('day'),
    asOf: day('asOf'),
    span: span === 'week' ? 'week' : undefined,
    board: text('board'),
  };
}
