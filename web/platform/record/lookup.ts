import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { folded } from '../../text/text.ts';
import type { Choice } from '../../ui/Combobox.tsx';
import { readNamedList } from '../query/namedList.ts';
import { pathOf, type Resource } from '../query/resources.ts';
import { findDefinition } from './definitions.ts';
import { type AnyRecord, type FieldDef, nameOrText } from './field.ts';

const choices_max = 20;

interface Found extends AnyRecord {
  id: string;
  name: string;
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
  const others = [
    ...(hasAddress && typed.includes('@') ? [{ field: 'email', op: 'contains', value: typed }] : []),
    ...choiceDetails(of).flatMap(({ expand }) => (expand ? [{ any: expand, where: name }] : [])),
  ];
  return others.length > 0 ? { or: [name, ...others] } : name;
}

/** The fields that tell apart records of one name. */
function choiceDetails(of: Resource): FieldDef[] {
  const { choiceDetails: keys = [], fields = [] } = findDefinition(of) ?? {};
  return keys.flatMap((key) => fields.find((field) => field.key === key) ?? []);
}

const fits = (text: string | null | undefined, typed: string) => folded(text ?? '').includes(folded(typed));

/** Beside the name stands what tells it apart, such as the address by which somebody was found. */
function detailOf(of: Resource, record: Found, typed: string): string | null {
  const told = choiceDetails(of).flatMap(({ key, expand }) => nameOrText(record[expand ?? key]) || []);
  if (told.length > 0) return told.join(' · ');
  const { email, other_emails = [], domain, pipeline } = record;
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
      const page = await readNamedList<Found>(pathOf(of), { filter, sort: 'name', limit: choices_max }, signal);
      return page.data.map(
        (found): Choice => ({ id: found.id, name: found.name, detail: detailOf(of, found, wanted) }),
      );
    },
  });
  // Until the answer is there, only what fits of the one before: Enter takes the first.
  const isBehind = isPlaceholderData || wanted !== typed;
  const choices = isBehind
    ? data.filter(({ name, detail }) => fits(name, typed) || (typed.includes('@') && fits(detail, typed)))
    : data;
  return { choices, loading: isFetching || isBehind, setQuery };
}
