import { ParseError } from '../../../../kernel/parsing/parse-error.ts';
import { type Expanded, expand } from './expand.ts';

interface Items {
  items: readonly string[];
  from: string;
  to: string;
  zone: string;
}

export type ReadItem = { is: 'read'; expanded: Expanded } | { is: 'unreadable'; problem: string };

export const parse = ({ items, ...window }: Items): ReadItem[] =>
  items.map((ics) => {
    try {
      return { is: 'read', expanded: expand({ ics, ...window }) };
    } catch (error) {
      if (error instanceof ParseError) return { is: 'unreadable', problem: error.message };
      // Its own errors say what in the item they stumbled over.
      return { is: 'unreadable', problem: `It cannot be read: ${(error as Error).message.slice(0, 200)}` };
    }
  });
