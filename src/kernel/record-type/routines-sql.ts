import { keyColumn, partsFunction, type Resource } from '../contract/resource.ts';
import type { RecordType } from './record-type.ts';
import { byReferences } from './registry.ts';

/** `db/routines/record-types.sql`: the triggers and functions that the database has for each record type. */
export const recordTypesSql = (types: readonly RecordType[], trashable: readonly Resource[]): string =>
  [
    `-- Made from the record types by "npm run generate". docs/decisions/0197-one-manifest-per-record-type.md

-- Tables with a trash. What refers to others comes before them.
create or replace function app.trashable_tables() returns text[] language sql immutable parallel safe as
  $$ select '{${byReferences(trashable)
    .reverse()
    .map(({ table }) => table)
    .join(',')}}'::text[] $$;
`,
    ...types
      .map(({ resource, ownTriggers }) => [
        ...(ownTriggers ? [] : auditTriggers(resource)),
        ...(resource.meta.has('custom') ? customValueTriggers(resource) : []),
        ...(resource.merges ? [mergeTrigger(resource)] : []),
      ])
      .filter((triggers) => triggers.length > 0)
      .map((triggers) => `${triggers.join('\n')}\n`),
    searchesByParts(types.map(({ resource }) => resource)),
  ].join('\n');

function searchesByParts(resources: readonly Resource[]): string {
  const functions = resources.flatMap((resource) =>
    [...resource.meta].flatMap(([field, { sealed }]) => {
      if (!sealed?.parts) return [];
      const name = partsFunction(resource, field);
      return `create or replace function ${name}(tokens int[]) returns setof uuid
  language plpgsql stable security definer rows 100
  set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
begin
  return query select r.id from ${resource.table} r where r.tenant_id = app.tenant_id() and r.${field}_parts @> tokens;
end $$;
revoke all on function ${name}(int[]) from public;
grant execute on function ${name}(int[]) to holdfast_app;
`;
    }),
  );
  return `-- The ids of records whose sealed value may have a part (docs/decisions/0263-search-by-parts-of-sealed-values.md). Row-level security keeps the
-- operator from using its index, so these run as the system.
set local role holdfast_system;

${functions.join('\n')}
reset role;
`;
}

const rows = {
  insert: 'new table as new_rows',
  update: 'old table as old_rows new table as new_rows',
  delete: 'old table as old_rows',
};

const trigger = (name: string, verb: keyof typeof rows, table: string, call: string) =>
  `create or replace trigger ${name}_${verb} after ${verb} on ${table} referencing ${rows[verb]}\n  for each statement execute function ${call};`;

/** Of rows by the million the trail has one event a statement (src/kernel/resource/record-triggers.ts). */
function auditTriggers({ name, table, duplicateKeys = [], meta, highVolume }: Resource): string[] {
  const indexes = [...meta].flatMap(([field, { sealed }]) => [
    ...(sealed?.index ? [`${field}_index`] : []),
    ...(sealed?.parts ? [`${field}_parts`] : []),
  ]);
  const omitted = ['search_text', 'tenant_id', 'version', 'updated_at', ...duplicateKeys.map(keyColumn), ...indexes];
  const call = `app.record_change('${name}', '{${omitted}}', '{}')`;
  return [
    ...(highVolume ? [] : (['insert', 'update', 'delete'] as const).map((verb) => trigger('audit', verb, table, call))),
    `create or replace trigger touch before update on ${table} for each row execute function app.touch();`,
  ];
}

const customValueTriggers = ({ name, table }: Resource): string[] => [
  trigger('custom_values', 'insert', table, `app.keep_custom_values('${name}')`),
  trigger('custom_values', 'update', table, `app.keep_custom_values('${name}')`),
  trigger('custom_values', 'delete', table, `app.drop_custom_values('${name}')`),
];

const mergeTrigger = ({ table }: Resource): string =>
  `create or replace trigger forget_merge before update of deleted_at on ${table}
  for each row when (new.deleted_at is null and new.merged_into_id is not null) execute function app.forget_merge();`;
