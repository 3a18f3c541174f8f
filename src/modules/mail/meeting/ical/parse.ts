import { ParseError } from '../../../../kernel/parsing/parse-error.ts';
import { type Expanded, expand } from './expand.ts';
import { icalOfGoogle } from './google.ts';

interface Items {
  /** Each with its texts: one of iCalendar, or the JSON of an event of Google and of the changed times of its series. */
  items: readonly (readonly string[])[];
  from: string;
  to: string;
  zone: string;
}

/** `cancelled`: times of a series that is not here, which no longer take place. */
export type ReadItem = { is: 'read'; expanded: Expanded } | { is: 'unreadable'; problem: string } | { is: 'cancelled' };

export const parse = ({ items, ...window }: Items): ReadItem[] =>
  items.map((texts) => {
    try {
      const ics = texts[0]?.startsWith('{') ? icalOfGoogle(texts) : texts[0];
      return ics === undefined ? { is: 'cancelled' } : { is: 'read', expanded: expand({ ics, ...window }) };
    } catch (error) {
      if (error instanceof ParseError) return { is: 'unreadable', problem: error.message };
      // Its own errors say what in the item they stumbled over.
      return { is: 'unreadable', problem: `It cannot be read: ${(error as Error).message.slice(0, 200)}` };
    }
  });
