import { declareRights, isRight, type ResourceName, type Right } from '../access/rights.ts';
import { kindsOf } from '../access/table-rule.ts';
import { definedResources, type Resource } from '../contract/resource.ts';
import type { RecordType } from './record-type.ts';

/** Names that have another meaning in addresses, filters and rights. */
const reserved_names = [
  'bulk',
  'custom',
  'field',
  'fields',
  'me',
  'record',
  'search',
  'session',
  'timeline',
  'trash',
  'undo',
];
/** Columns and response fields that every record has, and keywords of filters. */
const reserved_fields = [
  'id',
  'tenant_id',
  'version',
  'created_at',
  'updated_at',
  'deleted_at',
  'merged_into_id',
  'import_id',
  'and',
  'or',
  'not',
  'any',
  'none',
  'all',
];

/**
 * Declares the rights of all record types and refuses, before anything starts, what could not work: each message says
 * what to change. `rights` are those that belong to no record type.
 */
export function registerRecordTypes(types: readonly RecordType[], rights: readonly Right[]): readonly RecordType[] {
  const resources = types.map(({ resource }) => resource);
  refuseTwice(resources, 'name');
  refuseTwice(resources, 'plural');
  refuseTwice(resources, 'table');
  for (const resource of resources) refuseReserved(resource);
  for (const resource of resources) refuseUnknownReferences(resource);
  for (const resource of resources) refuseUselessDuplicates(resource);
  for (const resource of resources) refuseMergesWithoutTrash(resource);
  byReferences(resources);
  const declared = [...rights, ...types.flatMap(rightOf)];
  const isDeclared = (right: string) => isRight(right) || declared.some((each) => each.name === right);
  for (const { name, right, states } of resources) {
    if (!isDeclared(right))
      throw new Error(
        `${name} stands under the right "${right}", which nothing declares: give its RecordType a "right"`,
      );
    for (const transition of states?.transitions ?? [])
      if (transition.right && !isDeclared(transition.right.resource))
        throw new Error(
          `The transition "${transition.name}" of ${name} needs the right "${transition.right.resource}", which nothing declares`,
        );
  }
  for (const right of declared) refuseAllOutside(right);
  declareRights(declared);
  return types;
}

const rightOf = ({ resource, right }: RecordType): Right[] =>
  right ? [{ owned: resource.owner !== undefined, ...right, name: resource.name as ResourceName }] : [];

/**
 * Customers, contractors and devices get what is theirs or their groups': of rows that are nobody's they would get
 * nothing.
 */
function refuseAllOutside({ name, owned, outside = [] }: Right): void {
  if (outside.length > 0 && !owned && kindsOf(name).size === 0)
    throw new Error(
      `The right "${name}" has "outside", but its rows have neither owner nor reach: only members can have it`,
    );
}

function refuseTwice(resources: readonly Resource[], what: 'name' | 'plural' | 'table'): void {
  const seen = new Map<string, Resource>();
  for (const resource of resources) {
    const other = seen.get(resource[what]);
    if (other)
      throw new Error(
        `The ${what} "${resource[what]}" belongs to two record types, ${other.title} and ${resource.title}`,
      );
    seen.set(resource[what], resource);
  }
}

function refuseReserved({ name, plural, meta }: Resource): void {
  for (const word of [name, plural])
    if (reserved_names.includes(word)) throw new Error(`No record type can be called "${word}": the word is reserved`);
  for (const field of meta.keys())
    if (reserved_fields.includes(field))
      throw new Error(`${name} cannot have a field "${field}": the word is reserved`);
}

function refuseUnknownReferences({ name, meta }: Resource): void {
  const tables = new Set(definedResources().map(({ table }) => table));
  for (const [field, { type, table, ofAnyType }] of meta)
    if (type === 'reference' && !ofAnyType && !tables.has(table!))
      throw new Error(`${name}.${field} refers to the table "${table}", which no record type has`);
}

const texts = ['text', 'email', 'phone', 'url'];

function refuseUselessDuplicates({ name, meta, duplicateKeys = [] }: Resource): void {
  const other = duplicateKeys.find((field) => !texts.includes(meta.get(field)?.type ?? ''));
  if (other) throw new Error(`${name} cannot be compared by "${other}", which is none of its fields of texts`);
}

function refuseMergesWithoutTrash({ name, merges, trash }: Resource): void {
  if (merges && !trash)
    throw new Error(`Records of ${name} cannot be merged without a trash, to which those go that were merged`);
}

/**
 * Those that others refer to come first, so that whoever makes records in this order finds what they need. Where two
 * refer to each other, one of them can be made without the other; a circle of references that must be given can never
 * be begun.
 */
export function byReferences(resources: readonly Resource[]): Resource[] {
  refuseCircle(resources);
  const ordered: Resource[] = [];
  const begun = new Set<Resource>();
  const add = (resource: Resource) => {
    if (begun.has(resource)) return;
    begun.add(resource);
    for (const other of referredTo(resource, resources, false)) add(other);
    ordered.push(resource);
  };
  for (const resource of resources) add(resource);
  return ordered;
}

function refuseCircle(resources: readonly Resource[]): void {
  const visit = (resource: Resource, way: readonly Resource[]) => {
    if (way.includes(resource)) {
      const circle = [...way.slice(way.indexOf(resource)), resource].map(({ name }) => name).join(' -> ');
      throw new Error(
        `No record of these could ever be made, because each needs another first: ${circle}. Make one reference optional`,
      );
    }
    for (const other of referredTo(resource, resources, true)) visit(other, [...way, resource]);
  };
  for (const resource of resources) visit(resource, []);
}

const referredTo = ({ meta }: Resource, resources: readonly Resource[], required: boolean): Resource[] =>
  [...meta.values()].flatMap((field) => {
    if (field.type !== 'reference' || (required && (!field.required || field.readOnly))) return [];
    return resources.filter(({ table }) => table === field.table);
  });
