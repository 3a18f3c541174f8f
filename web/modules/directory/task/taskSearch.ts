import { type Span, spans } from '../../../ui/calendar/span.ts';
import { isDay } from '../../../ui/isDay.ts';

export const taskViews = ['day', 'calendar', 'all', 'done'] as const;
export type TaskView = (typeof taskViews)[number];

export interface TaskSearch {
  view?: TaskView;
  create?: boolean;
  /** The id of one that is open. */
  task?: string;
  /** This and the next two are for the calendar: what is on screen, and whose tasks. */
  span?: Span;
  on?: string;
  who?: 'all';
}

export function taskSearch(search: Record<string, unknown>): TaskSearch {
  return {
    view: taskViews.find((view) => view === search.view),
    create: search.create === true || undefined,
    task: typeof search.task === 'string' ? search.task : undefined,
    span: spans.find((span) => span === search.span),
    on: isDay(search.on) ? search.on : undefined,
    who: search.who === 'all' ? 'all' : undefined,
  };
}
