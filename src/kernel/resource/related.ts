import type { RawBuilder } from 'kysely';
import { relationsOf } from '../contract/relations.ts';
import { type Resource, resourceOfTable } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { invalidField } from '../errors/problem.ts';
import { customPrefix, entriesOf, referencedTable, type TenantFields } from './custom.ts';

type Sql = RawBuilder<unknown>;

/** The record type of a filter, or of a part of it, and the alias of its table. */
export interface Subject {
  resource: Resource;
  alias: string;
  /** The custom fields of all record types, without those hidden from the caller. */
  fields: TenantFields;
}

export interface Related {
  subject: Subject;
  from: Sql;
  conditions: Sql[];
}

/**
 * The records related to a subject by the name of the relation, such as `deals` or `custom.partner`. Throws a 422 for
 * an unknown name.
 */
export function relatedRecords(subject: Subject, name: string): Related {
  const { resource, alias, fields } = subject;
  const reached = name.startsWith(customPrefix) ? throughCustomField(subject, name) : throughColumns(subject, name);
  if (!reached) {
    const known = [...relationsOf(resource).keys(), ...customRelations(subject)].join(', ');
    throw invalidField('filter', 'unknown_relation', `A ${resource.title} is connected to ${known}, not to "${name}"`);
  }
  const other = otherAlias(alias);
  const conditions = [sql`${sql.ref(`${other}.tenant_id`)} = ${sql.ref(`${alias}.tenant_id`)}`, ...reached.conditions];
  if (reached.resource.trash) conditions.push(sql`${sql.ref(`${other}.deleted_at`)} is null`);
  return { subject: { resource: reached.resource, alias: other, fields }, from: reached.from, conditions };
}

const otherAlias = (alias: string) => `${alias}r`;
const tableAs = ({ table }: Resource, alias: string) => sql`${sql.table(table)} as ${sql.ref(alias)}`;

interface Reached {
  resource: Resource;
  from: Sql;
  conditions: Sql[];
}

function throughColumns({ resource, alias }: Subject, name: string): Reached | undefined {
  const relation = relationsOf(resource).get(name);
  if (!relation) return undefined;
  const { own, theirs, link } = relation;
  const other = otherAlias(alias);
  const [id, key] = [sql.ref(`${other}.${theirs}`), sql.ref(`${alias}.${own}`)];
  const isLinked =
    link &&
    sql`${id} in (select ${sql.ref(`l.${link.value}`)} from ${sql.table(link.table)} l
      where l.tenant_id = ${sql.ref(`${alias}.tenant_id`)} and ${sql.ref(`l.${link.subject}`)} = ${key})`;
  return {
    resource: relation.resource,
    from: tableAs(relation.resource, other),
    conditions: [isLinked ?? sql`${id} = ${key}`],
  };
}

/** A relation through a custom field. The index of custom values serves both directions. */
function throughCustomField({ resource, alias, fields }: Subject, name: string): Reached | undefined {
  const field = fields.get(resource.name)?.get(name.slice(customPrefix.length));
  const target = field && resourceOfTable(referencedTable(field.type));
  if (!target) return undefined;
  const [other, entry] = [otherAlias(alias), `${alias}v`];
  const [id, value] = [sql.ref(`${other}.id`), sql.ref(`${entry}.value`)];
  return {
    resource: target,
    from: sql`custom_value as ${sql.ref(entry)}, ${tableAs(target, other)}`,
    conditions: [
      entriesOf(field, entry, alias),
      // The same condition in both directions, so that an index serves whichever side is read first.
      sql`${id} = case when pg_input_is_valid(${value}, 'uuid') then ${value}::uuid end`,
      sql`${value} = ${id}::text`,
    ],
  };
}

const customRelations = ({ resource, fields }: Subject): string[] =>
  [...(fields.get(resource.name)?.values() ?? [])]
    .filter(({ type }) => resourceOfTable(referencedTable(type)))
    .map(({ key }) => customPrefix + key);
