import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { api, type Page } from '../app/api.ts';
import { pathOf, type Resource } from '../app/resources.ts';
import { folded } from '../text/text.ts';
import type { Choice } from '../ui/Combobox.tsx';

const choices_max = 20;

interface Found extends Choice {
  email?: string | null;
  domain?: string | null;
  pipeline?: { name: string } | null;
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
      const parts = [...(among ? [among] : []), ...(wanted ? [{ field: 'name', op: 'contains', value: wanted }] : [])];
      const filter = parts.length > 0 ? JSON.stringify({ and: parts }) : null;
      const page = await api.get<Page<Found>>(pathOf(of), { filter, sort: 'name', limit: choices_max }, signal);
      return page.data.map(
        ({ id, name, email, domain, pipeline }): Choice => ({
          id,
          name,
          detail: email ?? domain ?? pipeline?.name ?? null,
        }),
      );
    },
  });
  // Until the answer is there, only what fits of the one before: Enter takes the first.
  const isBehind = isPlaceholderData || wanted !== typed;
  const choices = isBehind ? data.filter(({ name }) => folded(name).includes(folded(typed))) : data;
  return { choices, loading: isFetching || isBehind, setQuery };
}
