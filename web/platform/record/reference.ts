import { useQuery } from '@tanstack/react-query';
import { t } from '../../text/text.ts';
import { ApiError } from '../query/problem.ts';
import { recordQuery } from '../query/records.ts';
import type { Resource } from '../query/resources.ts';
import { findDefinition } from './definitions.ts';
import type { AnyRecord, Named } from './field.ts';
import { nameInList } from './recordName.ts';

/** The name of a record of which only the id is known, as custom fields hold it. Null while it is read. */
export function useReference(of: Resource, value: unknown): Named | null {
  const id = typeof value === 'string' && value !== '' ? value : undefined;
  const { data, error } = useQuery({
    ...recordQuery<AnyRecord>(of, id ?? ''),
    enabled: id !== undefined,
    retry: (count, failure) => count < 2 && !isGone(failure),
  });
  if (id === undefined) return typeof value === 'object' ? (value as Named | null) : null;
  if (isGone(error)) return { id, name: t('Deleted, or not visible to you') };
  if (!data) return error ? { id, name: t('Could not be read') } : null;
  const definition = findDefinition(of);
  return { id, name: definition ? nameInList(definition, data) : String(data.name) };
}

const isGone = (error: unknown) => error instanceof ApiError && (error.status === 404 || error.status === 403);
