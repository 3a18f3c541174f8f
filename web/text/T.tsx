import { Children } from 'react';
import { formatRich, type RichValues } from './text.ts';

/**
 * A message with elements in it: `<T text="Read <link>the terms</link>." values={{ link: (words) => <a
 * href="…">{words}</a> }} />`.
 */
export function T({ text, values }: { text: string; values: RichValues }) {
  // Without keys of their own the parts would have React complain.
  return Children.toArray(formatRich(text, values));
}
