import { definedResources, type Resource, resourceOfTable } from './resource.ts';

/** A way from a record to others: by a reference of its own to one, or by references of others to it to many. */
export interface Relation {
  resource: Resource;
  /** Columns of the record itself and of the others that are equal. */
  own: string;
  theirs: string;
  /** Of many to many: the table that links them, `subject` to the record's own column and `value` to the others'. */
  link?: { table: string; subject: string; value: string };
}

const found = new WeakMap<Resource, ReadonlyMap<string, Relation>>();

/**
 * What a noun is connected to, by the names filters use: `company` of a contact, `contacts` and `deals` of a company, `teams` of a
 * user. They follow from the fields of all contracts. Users are a way to go, but not back: everything belongs to some.
 */
export function relationsOf(resource: Resource): ReadonlyMap<string, Relation> {
  const known = found.get(resource);
  if (known) return known;
  const relations = new Map<string, Relation>();
  for (const [field, { expand, table, through }] of resource.meta) {
    const target = resourceOfTable(table);
    if (expand && target) relations.set(expand, { resource: target, own: field, theirs: 'id' });
    const linked = resourceOfTable(through?.target);
    if (through && linked) relations.set(field, { resource: linked, own: 'id', theirs: 'id', link: through });
  }
  for (const other of definedResources()) {
    if (!resource.tagColumn) break;
    const [field] =
      [...other.meta].find(([, meta]) => meta.type === 'reference' && meta.table === resource.table) ?? [];
    // A noun of the same name, made of the first for a use of its own, is none to ask for.
    if (field && !relations.has(other.plural))
      relations.set(other.plural, { resource: other, own: 'id', theirs: field });
  }
  found.set(resource, relations);
  return relations;
}
