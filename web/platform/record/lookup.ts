import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { folded } from '../../text/text.ts';
import type { Choice } from '../../ui/Combobox.tsx';
import { api, type Page } from '../query/api.ts';
import { pathOf, type Resource } from '../query/resources.ts';

const choices_max = 20;

interface Found extends Choice {
  email?: string | null;
  other_emails?: { value: string }[];
  domain?: string | null;
  pipeline?: { name: string } | null;
}

/**
 * People are found by an address too; without the sign of one, those whose address happens to have the letters would
 * stand before who is meant.
 */
function filterFor(of: Resource, typed: string): object {
  const name = { field: 'name', op: 'contains', value: typed };
  const hasAddress = of === 'user' || of === 'contact';
  return hasAddress && typed.includes('@') ? { or: [name, { field: 'email', op: 'contains', value: typed }] } : name;
}

const fits = (text: string | null | undefined, typed: string) => folded(text ?? '').includes(folded(typed));

/** Beside the name stands the address by which somebody was found, or the first. */
function detailOf({ email, other_emails = [], domain, pipeline }: Found, typed: string): string | null {
  const found = typed.includes('@') && !fits(email, typed) && other_emails.find(({ value }) => fits(value, typed));
  return (found ? found.value : email) ?? domain ?? pipeline?.name ?? null;
}

/** Choices of a reference while one types. `among`: a filter, for those alone that can be chosen. */
export function useLookup(of: Resource, among?: object) {
  const [query, setQuery] = useState('');
  const typed = query.trim();
  const wanted = useDeferredValue(typed);
  const {
    data = [],
    isFetching,
    isPlaceholderData,
  } = useQuery({
    queryKey: [of, 'lookup', wanted, among],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const parts = [...(among ? [among] : []), ...(wanted ? [filterFor(of, wanted)] : [])];
      const filter = parts.length > 0 ? JSON.stringify({ and: parts }) : null;
      const page = await api.get<Page<Found>>(pathOf(of), { filter, sort: 'name', limit: choices_max }, signal);
      return page.data.map((found): Choice => ({ id: found.id, name: found.name, detail: detailOf(found, wanted) }));
    },
  });
  // Until the answer is there, only what fits of the one before: Enter takes the first.
  const isBehind = isPlaceholderData || wanted !== typed;
  const choices = isBehind
    ? data.filter(({ name, detail }) => fits(name, typed) || (typed.includes('@') && fits(detail, typed)))
    : data;
  return { choices, loading: isFetching || isBehind, setQuery };
}
