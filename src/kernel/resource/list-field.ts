import type { RawBuilder } from 'kysely';
import { type FieldMeta, jsonListTypes } from '../contract/fields.ts';
import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { type CustomField, customColumn, customFieldMeta, customPrefix, type TenantFields } from './custom.ts';

/** The system fields by which every record type can be filtered and sorted. */
const systemFields: ReadonlyMap<string, FieldMeta> = new Map(
  Object.entries({
    id: { type: 'id', title: 'Id', sensitivity: 'public', required: true, sortable: true, filterable: true },
    created_at: {
      type: 'time',
      title: 'Created',
      sensitivity: 'public',
      required: true,
      sortable: true,
      filterable: true,
    },
    updated_at: {
      type: 'time',
      title: 'Changed',
      sensitivity: 'public',
      required: true,
      sortable: true,
      filterable: true,
    },
  } satisfies Record<string, FieldMeta>),
);

const importField: FieldMeta = {
  type: 'reference',
  title: 'Import',
  table: 'import',
  sensitivity: 'public',
  readOnly: true,
  filterable: true,
};

const systemField = ({ imported }: Resource, name: string): FieldMeta | undefined =>
  imported && name === 'import_id' ? importField : systemFields.get(name);

/** A field for filters and sorts, and its column. */
export interface ListField {
  meta: FieldMeta;
  column: RawBuilder<unknown>;
  /** Fails where the workspace may have sealed names, which have nothing to compare; true elsewhere. */
  comparable?: RawBuilder<unknown>;
  /** Set for a custom field. */
  custom?: CustomField;
}

export function listField(resource: Resource, fields: TenantFields, name: string, alias = 'r'): ListField | undefined {
  if (name.startsWith(customPrefix)) {
    const field = fields.get(resource.name)?.get(name.slice(customPrefix.length));
    return field && { meta: customFieldMeta(field), column: customColumn(field, alias), custom: field };
  }
  const meta = resource.meta.get(name) ?? systemField(resource, name);
  if (!meta) return undefined;
  const column = sql.ref(`${alias}.${name}`);
  if (meta.ofSealable) return { meta, column, comparable: sql`(select app.comparable_names(${sql.lit(name)}))` };
  if (!meta.sealable) return { meta, column };
  const comparable = sql.raw(jsonListTypes.has(meta.type) ? 'app.comparable_list' : 'app.comparable_text');
  return { meta, column: sql`${comparable}(${sql.lit(name)}, ${column})` };
}
