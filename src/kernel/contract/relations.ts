import { definedResources, type Resource, resourceOfTable } from './resource.ts';

/** A relation of a record: by its own reference to one record, or by the references of many to it. */
export interface Relation {
  resource: Resource;
  /** The columns of the record and of the related records that are equal. */
  own: string;
  theirs: string;
  /**
   * For many-to-many relations: the link table, whose column `subject` refers to the record and `value` to the related
   * records.
   */
  link?: { table: string; subject: string; value: string };
}

const found = new WeakMap<Resource, ReadonlyMap<string, Relation>>();

/**
 * The relations of a record type, by the names that filters use: `company` of a contact, `contacts` and `deals` of a
 * company, `teams` of a user. They follow from the fields of all contracts. Filters reach users but not from users
 * back, because every record has some.
 */
export function relationsOf(resource: Resource): ReadonlyMap<string, Relation> {
  const known = found.get(resource);
  if (known) return known;
  const relations = new Map<string, Relation>();
  const attachable = definedResources().filter((other) => other.attachable);
  for (const [field, { type, expand, table, through, ofAnyType }] of resource.meta) {
    if (ofAnyType)
      for (const other of attachable) relations.set(other.name, { resource: other, own: field, theirs: 'id' });
    if (type === 'records')
      for (const other of attachable)
        relations.set(other.name, { resource: other, own: 'id', theirs: 'id', link: through! });
    const target = resourceOfTable(table);
    if (expand && target) relations.set(expand, { resource: target, own: field, theirs: 'id' });
    const linked = resourceOfTable(through?.target);
    if (through && linked) relations.set(field, { resource: linked, own: 'id', theirs: 'id', link: through });
  }
  for (const other of definedResources()) {
    if (!resource.attachable) break;
    const [field, meta] =
      [...other.meta].find(
        ([, { type, table, ofAnyType }]) =>
          ofAnyType || type === 'records' || (type === 'reference' && table === resource.table),
      ) ?? [];
    // A resource that is a variant of another record type adds no relation of its own.
    if (!field || !meta || relations.has(other.plural)) continue;
    const through = meta.type === 'records' ? meta.through : undefined;
    relations.set(
      other.plural,
      through
        ? {
            resource: other,
            own: 'id',
            theirs: 'id',
            link: { table: through.table, subject: through.value, value: through.subject },
          }
        : { resource: other, own: 'id', theirs: field },
    );
  }
  found.set(resource, relations);
  return relations;
}
