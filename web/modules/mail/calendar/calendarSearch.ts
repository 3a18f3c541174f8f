import { type Span, spans } from '../../../ui/calendar/span.ts';

/** What of the calendar is shown: the week or month that holds a day, and a meeting that is open. */
export interface CalendarSearch {
  day?: string;
  span?: Span;
  meeting?: string;
}

export function calendarSearch({ day, span, meeting }: Record<string, unknown>): CalendarSearch {
  const shown = spans.find((one) => one === span);
  return {
    ...(typeof day === 'string' && /^\d{4}-\d\d-\d\d$/.test(day) && { day }),
    ...(shown && { span: shown }),
    ...(typeof meeting === 'string' && { meeting }),
  };
}
