import type { Span } from '../ui/calendar/span.ts';
import type { Filter } from './filter/filter.ts';
import { type ListForm, listForms } from './forms/listForm.ts';

/** What the address of a list carries. */
export interface ListSearch {
  view?: string;
  filter?: Filter;
  sort?: string;
  /** The record shown in the panel. */
  open?: string;
  create?: boolean;
  /** The shape of the list, and the field that a board or a calendar goes by. */
  as?: ListForm;
  by?: string;
  /** The field under whose values the rows of a table stand; empty: under none, though the view says so. */
  group?: string;
  /** What a calendar shows: the month or week around a day. */
  day?: string;
  span?: Span;
  pipeline?: string;
}

const calendar_day = /^[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d)$/;

export function listSearch(search: Record<string, unknown>): ListSearch {
  const text = (key: string) => (typeof search[key] === 'string' ? (search[key] as string) : undefined);
  const [as, day, span] = [text('as'), text('day'), text('span')];
  return {
    view: text('view'),
    filter: typeof search.filter === 'object' && search.filter !== null ? (search.filter as Filter) : undefined,
    sort: text('sort'),
    open: text('open'),
    create: search.create === true || undefined,
    as: listForms.find((form) => form === as),
    by: text('by'),
    group: text('group'),
    day: day && calendar_day.test(day) ? day : undefined,
    span: span === 'week' ? 'week' : undefined,
    pipeline: text('pipeline'),
  };
}
