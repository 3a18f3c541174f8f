import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../app/problem.ts';
import { recordQuery } from '../app/records.ts';
import type { Resource } from '../app/resources.ts';
import { t } from '../text/text.ts';
import type { Named } from './field.ts';

/** The name of a record of which only the id is known, as custom fields hold it. Null while it is read. */
export function useReference(of: Resource, value: unknown): Named | null {
  const id = typeof value === 'string' && value !== '' ? value : undefined;
  const { data, error } = useQuery({
    ...recordQuery<Named>(of, id ?? ''),
    enabled: id !== undefined,
    retry: (count, failure) => count < 2 && !(failure instanceof ApiError && failure.status === 404),
  });
  if (id === undefined) return typeof value === 'object' ? (value as Named | null) : null;
  if (error) return { id, name: t('Not there, or not yours to see') };
  return data ? { id, name: data.name } : null;
}
