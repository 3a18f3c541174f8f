import type { Resource } from '../contract/resource.ts';
import type { Context } from '../tenancy/context.ts';
import { referencedTable, type TenantFields } from './custom.ts';
import type { Reference } from './custom-values.ts';
import type { Filter } from './filter.ts';
import { listField } from './list-field.ts';
import { relatedRecords, type Subject } from './related.ts';
import { checkReferences } from './store.ts';

/**
 * Refuses a filter that is about to be stored and names a record that is absent, trashed or hidden from the caller.
 * What the one `before` named may be gone since, and stays.
 */
export async function checkFilterReferences(
  ctx: Context,
  resource: Resource,
  filter: Filter,
  fields: TenantFields,
  before: unknown = null,
): Promise<void> {
  const known = JSON.stringify(before).toLowerCase();
  const named = referencesOf({ resource, alias: 'r', fields }, filter);
  await checkReferences(
    ctx,
    named.filter(({ id }) => !known.includes(id)),
  );
}

function referencesOf(subject: Subject, filter: Filter): Reference[] {
  if ('and' in filter) return filter.and.flatMap((part) => referencesOf(subject, part));
  if ('or' in filter) return filter.or.flatMap((part) => referencesOf(subject, part));
  if ('field' in filter) return namedIn(subject, filter);
  const { where } = filter;
  return where ? referencesOf(relatedRecords(subject, 'any' in filter ? filter.any : filter.none).subject, where) : [];
}

/** The ids of one condition; that they are ids is checked with the filter. */
function namedIn({ resource, fields }: Subject, { field, value }: { field: string; value?: unknown }): Reference[] {
  const known = listField(resource, fields, field);
  const table = known && tableOf(known);
  if (!table) return [];
  return [value]
    .flat()
    .flatMap((id) => (typeof id === 'string' ? { field: 'filter', table, id: id.toLowerCase() } : []));
}

function tableOf({ meta, custom }: NonNullable<ReturnType<typeof listField>>): string | undefined {
  if (custom) return referencedTable(custom.type);
  if (meta.type === 'records') return 'attachable_record';
  return meta.type === 'tags' ? 'tag' : meta.type === 'reference' ? meta.table : undefined;
}
