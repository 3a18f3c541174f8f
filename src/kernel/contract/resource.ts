import { z } from 'zod';
import type { ResourceName } from '../access/rights.ts';
import { type FieldMeta, fieldMeta, namedReference, tagReference } from './fields.ts';

type Shape = Record<string, z.ZodType>;

interface ResourceOptions<F extends Shape> {
  /** Singular, as in audit and events. */
  name: string;
  /** Whose rights count, where the noun has none of its own; `name` by default. */
  right?: ResourceName;
  /** As in the address. */
  plural: string;
  table: string;
  /** In sentences: "a contact". */
  title: string;
  fields: F;
  /** Column that the scopes 'own' and 'team' compare. */
  owner?: string;
  /** Sorts in which an index has the records of each owner. Those by custom fields it always has. */
  sortsOfOwner?: readonly string[];
  /** What it is a part of: the record that one of these columns names. Whoever may change that, may change and delete its parts. */
  partOf?: readonly { column: string; resource: Resource }[];
  /** Deleting moves to the trash (`deleted_at`) first. */
  trash?: boolean;
  /** Sort of a list that names none. */
  defaultSort: string;
  /** Fields that say one thing together: undoing a change puts all of them back or none, and none is set alone on many records. */
  together?: readonly (readonly string[])[];
  /** Which of the subject columns tags hang on, e.g. `contact_id`; absent when the noun has no tags. */
  tagColumn?: string;
  /** Records of it can be merged: `merged_into_id` of one in the trash says into which. */
  merges?: true;
  /** No trigger changes its rows, nor what is shown with them, after they are written: a write answers without reading them again. */
  settled?: true;
  /** Its rows name the import that made them, and lists can be filtered by that. */
  imported?: true;
}

/**
 * One noun of the API: its fields once, from which the shapes of create, update and answer, the filters, the sorts and the
 * OpenAPI document derive.
 */
export interface Resource<F extends Shape = Shape> extends ResourceOptions<F> {
  right: ResourceName;
  meta: ReadonlyMap<string, FieldMeta>;
  row: z.ZodObject;
  create: z.ZodObject;
  update: z.ZodObject;
}

const system = {
  version: z.int(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
};

export function defineResource<F extends Shape>(options: ResourceOptions<F>): Resource<F> {
  const meta = new Map<string, FieldMeta>();
  const row: Shape = { id: z.uuid() };
  const create: Shape = {};
  const update: Shape = {};
  for (const [name, schema] of Object.entries(options.fields)) {
    const field = fieldMeta(schema);
    if (!field) throw new Error(`The field ${options.name}.${name} was not made with src/kernel/contract/fields.ts`);
    meta.set(name, field);
    row[name] = field.type === 'tags' ? z.array(tagReference) : (field.answered ?? schema);
    if (field.expand) row[field.expand] = namedReference.nullable();
    if (field.createdWith) create[name] = field.createdWith.optional();
    if (field.readOnly) continue;
    create[name] = field.required ? schema : schema.optional();
    if (!field.createOnly) update[name] = schema.optional();
  }
  Object.assign(row, system);
  if (options.trash) row.deleted_at = z.iso.datetime().nullable();
  const resource = {
    ...options,
    right: options.right ?? (options.name as ResourceName),
    meta,
    row: z.object(row).meta({ id: pascal(options.name) }),
    create: z.strictObject(create).meta({ id: `${pascal(options.name)}Create` }),
    update: z.strictObject(update).meta({ id: `${pascal(options.name)}Update` }),
  };
  defined.push(resource);
  return resource;
}

const defined: Resource[] = [];

/** Every noun whose contract is loaded. */
export const definedResources = (): readonly Resource[] => defined;

/** The noun whose rows a table holds; the first, where others are made of it. */
export const resourceOfTable = (table: string | undefined) => defined.find((resource) => resource.table === table);

/** Fields that say one thing together; an amount does so with its currency. */
export function fieldGroups({ together = [], meta }: Resource): readonly (readonly string[])[] {
  const amounts = [...meta].flatMap(([name, { type, currencyField }]) =>
    type === 'money' ? [[name, currencyField!]] : [],
  );
  return [...together, ...amounts];
}

export const list_rows_max = 200;
export const list_rows_default = 50;
export const bulk_rows_max = 1000;

/** The query of every list. */
export const listQuery = z.strictObject({
  filter: z.string().max(20_000).optional().describe('URL-encoded JSON: a condition or a group, see the guide'),
  sort: z.string().max(200).optional().describe('Up to 3 fields, "-" before one for descending'),
  limit: z.coerce.number().int().min(1).max(list_rows_max).default(list_rows_default),
  cursor: z.string().max(4000).optional(),
  count: z.enum(['true', 'false', 'exact']).default('false').describe('true: up to 10,000; exact: up to 500,000'),
  sums: z.string().max(400).optional().describe('Up to 5 fields with commas between, summed over all that match'),
  group: z
    .string()
    .max(100)
    .optional()
    .describe('A field whose values make groups; of a date or time with :day, :week, :month, :quarter or :year'),
  trashed: z.enum(['true', 'false']).default('false').describe('true: what is in the trash'),
});
export type ListQuery = z.infer<typeof listQuery>;

/** Of each field that was asked for: one number, or amounts by currency. */
const listSums = z.record(
  z.string(),
  z.union([z.string(), z.array(z.object({ amount: z.string(), currency: z.string() }))]),
);
export type ListSums = z.infer<typeof listSums>;

/** Rows that have the same value of a field. */
const listGroup = z
  .object({
    /** The value as text, of a period its first day; null: none. */
    value: z.string().nullable(),
    /** Of the record that the value is the id of, where the caller may see it. */
    name: z.string().nullable(),
    count: z.int(),
    sums: listSums.optional(),
    filter: z.record(z.string(), z.unknown()).describe('Of the rows of the group, beside that of the list'),
  })
  .meta({ id: 'ListGroup' });
export type ListGroup = z.infer<typeof listGroup>;

export const listOf = (row: z.ZodType) =>
  z.object({
    data: z.array(row),
    next_cursor: z.string().nullable(),
    total: z.int().nullable(),
    total_is_exact: z.boolean(),
    sums: listSums.optional(),
    groups: z.array(listGroup).optional(),
    more_groups: z.boolean().optional().describe('Whether there are smaller groups still'),
  });

export const idParams = z.object({ id: z.uuid() });

function pascal(name: string): string {
  return name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}
