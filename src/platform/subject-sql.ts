import { ruleOf, type TableRule } from '../kernel/access/table-rule.ts';
import type { Resource } from '../kernel/contract/resource.ts';
import { resourceOfTable } from '../kernel/contract/resource.ts';
import { labelColumn } from '../kernel/resource/label.ts';
import { ownColumns, sharedColumn, subjectColumns } from './subject.ts';

/** A record type to which things are attached, with the rule of its table. */
type Attachable = Resource & { rule: TableRule };

/** `db/routines/subjects.sql`: what functions of the database ask of the records to which things are attached. */
export function subjectsSql(resources: readonly Resource[]): string {
  const all = resources.map((resource): Attachable => ({ ...resource, rule: carrierOf(resource) }));
  const own = all.filter(({ tagColumn }) => tagColumn !== sharedColumn);
  const shared = all.filter(({ tagColumn }) => tagColumn === sharedColumn).sort((a, b) => (a.table < b.table ? -1 : 1));
  return `-- Made from the record types that things can be attached to by "npm run generate". docs/decisions/0198-attached-to-any-record.md

-- Whether the caller may read every record of the types whose attached things have a column of their own: then those need no look at the record.
create or replace function app.sees_all_records() returns boolean language sql stable parallel safe as $$
  select ${seesAll(own)}
$$;

-- The same of all other types. Beside the first, so that a role that knows nothing of a new type reads no slower what hangs on the old ones.
create or replace function app.sees_all_subjects() returns boolean language sql stable parallel safe as $$
  select ${seesAll(shared)}
$$;

-- Of what type a record is to which something is attached. The statement that attaches the first thing does not see the row of "subject" that comes
-- with it: then the records themselves are asked.
create or replace function app.type_of_subject(of_id uuid) returns text language plpgsql stable parallel safe as $$
declare noun text := (select s.type from public.subject s where s.tenant_id = app.tenant_id() and s.id = of_id);
begin
${shared.map(({ table, name }) => `  if noun is null and exists (select from public.${table} p where p.tenant_id = app.tenant_id() and p.id = of_id) then noun := '${name}'; end if;\n`).join('')}  return noun;
end $$;

-- Whether the caller may read a record of any of these types. One statement is planned, that of the type which the record is of.
create or replace function app.reads_subject(of_id uuid) returns boolean language plpgsql stable parallel safe as $$
begin
${byType(shared, ({ table }) => `return exists (select from public.${table} p where p.tenant_id = app.tenant_id() and p.id = of_id);`, 'return false;')}
end $$;

-- Whether the caller may read every record that a row belongs to. A function, because policies with these subqueries put the policies of more
-- tables into the plan of every list and timeline, also for callers for whom they are never evaluated.
create or replace function app.reads_parents(${ownColumns.map(({ column }) => `${parameter(column)} uuid`).join(', ')}, record uuid)
  returns boolean language plpgsql stable parallel safe as $$
begin
  return (record is null or app.reads_subject(record))
    ${ownColumns.map(({ column, table }) => `and (${parameter(column)} is null or exists (select from public.${table} p where p.tenant_id = app.tenant_id() and p.id = ${parameter(column)}))`).join('\n    ')};
end $$;

-- Of what type such a record is and what it is called, as far as the reader may see it.
create or replace function app.subject_of(of_tenant uuid, of_id uuid) returns jsonb language plpgsql stable parallel safe as $$
begin
${byType(shared, (type) => `return (select jsonb_build_object('type', '${type.name}', 'id', p.id, 'name', p.${labelColumn(type)}) from public.${type.table} p where p.tenant_id = of_tenant and p.id = of_id);`, 'return null;')}
end $$;

-- Whether the caller may tag records of the type of this one.
create or replace function app.tags_subject(of_id uuid) returns boolean language plpgsql stable parallel safe as $$
begin
${byType(shared, ({ right }) => `return app.some_scope('${right}', 'update') <> 'none';`, 'return false;')}
end $$;

-- The name of what a reference pointed to before or after a change, if the reader may see it. Called only where a reference changed: as subqueries
-- of the timeline these were set up for each page, a fifth of the cost of a deal's timeline.
create or replace function app.name_of(noun text, of_tenant uuid, of_id uuid) returns text language plpgsql stable parallel safe as $$
begin
  if of_id is null then return null; end if;
  case noun
${named(all)}
  end case;
end $$;

-- To what the caller may attach something, for references from what is attached.
create or replace view attachable_record with (security_invoker = true) as
  ${shared.map((type) => `select tenant_id, id, '${type.name}'::text as type, ${labelColumn(type)}::text collate "default" as name from ${type.table}${type.trash ? ' where deleted_at is null' : ''}`).join('\n  union all ') || 'select null::uuid as tenant_id, null::uuid as id, null::text as type, null::text as name where false'};
grant select on attachable_record to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Whether a search of what hangs on such a record finds it: by the rule of its type, and not in the trash. For functions that run as the system.
create or replace function app.finds_subject(of_id uuid) returns boolean language plpgsql stable parallel safe as $$
#variable_conflict use_column
begin
${byType(shared, found, 'return false;')}
end $$;
revoke all on function app.finds_subject(uuid) from public;

-- The first thing that is attached to a record brings a row of "subject", which goes with the record. The lock keeps the record from going meanwhile.
-- Where there is no such record, the foreign key says so.
create or replace function app.ensure_subject() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare noun text;
begin
  if exists (select from subject s where s.tenant_id = new.tenant_id and s.id = new.record_id) then return new; end if;
${shared.map(({ table, name }) => `  select '${name}' into noun from ${table} r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;\n  if noun is not null then insert into subject (tenant_id, id, type) values (new.tenant_id, new.record_id, noun) on conflict do nothing; return new; end if;\n`).join('')}  return new;
end $$;
revoke all on function app.ensure_subject() from public;
grant execute on function app.ensure_subject() to session_user;

-- What hangs on a record goes with it, by the foreign keys to "subject".
create or replace function app.forget_subjects() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  delete from subject s using gone g where s.tenant_id = g.tenant_id and s.id = g.id;
  return null;
end $$;
revoke all on function app.forget_subjects() from public;
grant execute on function app.forget_subjects() to session_user;

-- Called before rows of a table are deleted for good. A note, task or activity that hangs on another record too stays there, and a reply becomes a
-- comment of its own: the foreign keys would delete both.
create or replace function app.detach(relation text, ids uuid[]) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  own constant text := case relation ${all.map(({ table, tagColumn }) => `when '${table}' then '${tagColumn}'`).join(' ')} end;
  attached text;
begin
  if relation = 'comment' then
    update comment c set parent_id = null where c.tenant_id = app.tenant_id() and c.parent_id = any (ids) and c.id <> all (ids);
  elsif own is not null then
    foreach attached in array '{note,task,activity}'::text[] loop
      execute format('update public.%I set %2$I = null where tenant_id = app.tenant_id() and %2$I = any ($1)
        and num_nonnulls(${subjectColumns.join(', ')}) > 1', attached, own) using ids;
    end loop;
  end if;
end $$;
revoke all on function app.detach(text, uuid[]) from public;
grant execute on function app.detach(text, uuid[]) to holdfast_app;

reset role;
${shared.map(({ table }) => `\ncreate or replace trigger forget_subjects after delete on ${table} referencing old table as gone\n  for each statement execute function app.forget_subjects();\n`).join('')}`;
}

function carrierOf({ name }: Resource): TableRule {
  const rule = ruleOf(name);
  if (!rule?.carries) throw new Error(`Things hang on records of "${name}": the rule of its table must say "carries"`);
  return rule;
}

const seesAll = (types: readonly Attachable[]): string =>
  types.length === 0
    ? 'true'
    : `(${types.map(({ right }) => `position(';${right}.read=all;' in current_setting('app.rights', true)) > 0`).join('\n      and ')})\n    or current_setting('app.rights', true) = '*'`;

const parameter = (column: string): string => column.replace(/_id$/, '');

/** A statement for the type of the record `of_id`, and one for a record that is not there. */
function byType(types: readonly Attachable[], statement: (type: Attachable) => string, otherwise: string): string {
  if (types.length === 0) return `  ${otherwise}`;
  return `  case app.type_of_subject(of_id)
${types.map((type) => `    when '${type.name}' then ${statement(type)}`).join('\n')}
    else ${otherwise}
  end case;`;
}

function found({ table, trash, rule }: Attachable): string {
  const live = trash ? ' and p.deleted_at is null' : '';
  return `return exists (select from public.${table} p where p.tenant_id = app.tenant_id() and p.id = of_id${live} and (${rule.rows.read ?? 'false'}));`;
}

/** A part for each table that a field of these types refers to. */
function named(types: readonly Attachable[]): string {
  const tables = new Set(types.flatMap(({ meta }) => [...meta.values()].flatMap(({ table }) => table ?? [])));
  return [...tables]
    .sort()
    .map((table) => {
      const resource = resourceOfTable(table);
      return `    when '${table}' then return (select ${resource ? labelColumn(resource) : 'name'} from public.${table} where tenant_id = of_tenant and id = of_id);`;
    })
    .join('\n');
}
