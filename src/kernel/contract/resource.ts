import { z } from 'zod';
import type { ResourceName } from '../access/rights.ts';
import {
  type FieldMeta,
  fieldMeta,
  type NamedReference,
  namedReference,
  type RecordOfEntry,
  type TagReference,
  tagReference,
  typedReference,
} from './fields.ts';
import { checkStateMachine, type StateMachine } from './state-machine.ts';
import { dateText } from './time.ts';

type Shape = Record<string, z.ZodType>;

interface ResourceOptions<F extends Shape> {
  /** Singular, as in audit and events. */
  name: string;
  /** Whose rights count, where the noun has none of its own; `name` by default. */
  right?: string;
  /** Its name in addresses: `/api/v1/contacts`. */
  plural: string;
  table: string;
  /** In sentences: "a contact". */
  title: string;
  fields: F;
  /** Column that the scopes 'own' and 'team' compare. */
  owner?: string;
  /** Sorts in which an index has the records of each owner. Those by custom fields it always has. */
  sortsOfOwner?: readonly string[];
  /**
   * Some people see of a record only that it exists, or its subject: fields say from which degree they show
   * (`showsFrom`), and are null below. Answers say as `shown` how much there is to see.
   */
  byDegree?: true;
  /**
   * What it is a part of: the record that one of these columns names. Whoever may change that, may change and delete
   * its parts.
   */
  partOf?: readonly { column: string; resource: Resource }[];
  /** Deleting moves to the trash (`deleted_at`) first. */
  trash?: boolean;
  /** A name is unique in a part of the records alone: in one pipeline, of one person. Others may have the same. */
  uniqueInPart?: true;
  /** Sort of a list that names none. */
  defaultSort: string;
  /**
   * Fields that say one thing together: undoing a change puts all of them back or none, and none is set alone on many
   * records.
   */
  together?: readonly (readonly string[])[];
  /**
   * Fields that a trigger sets by another field while that has a value: of both only the other one is written then, and
   * put back by undo.
   */
  derived?: Readonly<Record<string, string>>;
  /**
   * Tags, comments, notes, tasks and their kind can be attached to its records. The rule of its table says that it
   * `carries`.
   */
  attachable?: true;
  /**
   * Its records are entries in the timelines of those that they are about: by the column that says when they were, and
   * the reference to the person they are of.
   */
  timeline?: { at: string; person: string };
  /** Entries of it stay when the last record that they are about is deleted for good. Others go with it. */
  staysWithoutRecords?: true;
  /**
   * Its owner is who has to do it: told when it is theirs, and when its time has come. `due`: columns of which the
   * first that is set says when that is.
   */
  assigned?: { due: readonly string[] };
  /** Its owner is told when it becomes somebody else's. */
  handedOver?: true;
  /** What mails call it in German, in sentences, where they are in German; `title` and `plural` are the English. */
  german?: { singular: string; plural: string };
  /** What files call such a record where they name one, beside its title; for imports. */
  calledInFiles?: readonly string[];
  /**
   * The dates of the first and the last day on which a record holds; without a last day it holds until further notice.
   * Lists can be asked `as_of` a day.
   */
  period?: { from: string; to: string };
  /**
   * Its records are never changed nor deleted. A wrong one is set off by a reversing one, which names it in the field
   * `by` and says the same with the `negated` fields the other way round.
   */
  appendOnly?: { by: string; negated: readonly string[] };
  /**
   * Rows by the million, such as the readings of a meter: the trail has one event for each statement that writes some,
   * history has no copies of them, and undo does not reach them.
   */
  highVolume?: true;
  /** Its records go from state to state by these ways alone, each asked for at `/transitions`. */
  states?: StateMachine;
  /** Records of it can be merged: `merged_into_id` of one in the trash says into which. */
  merges?: true;
  /**
   * Texts by each of which two records may be one, such as a number plate. Beside each the table has what is compared,
   * in small letters and without separators: `plate_key text generated always as (app.equality_key(plate)) stored`,
   * with an index.
   */
  duplicateKeys?: readonly string[];
  /**
   * No trigger changes its rows, nor what is shown with them, after they are written: a write answers without reading
   * them again.
   */
  settled?: true;
  /** Its rows name the import that made them, and lists can be filtered by that. */
  imported?: true;
  /**
   * A workspace that seals personal texts seals its names. There it is searched and ordered by `name` in memory
   * (src/kernel/resource/sealed-names), and searched by these further fields.
   */
  sealedNames?: { also: readonly string[] };
}

/**
 * One noun of the API: its fields once, from which the shapes of create, update and answer, the filters, the sorts and
 * the OpenAPI document derive.
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

/** The answer for a record that the caller created and may not read, such as one that belongs to somebody else. */
const createdUnseen = z.strictObject({ id: z.uuid() }).meta({ id: 'CreatedUnseen' });

/** What creating a record answers. */
export const createdRow = (row: z.ZodType) => z.union([row, createdUnseen]);

/** A row as answers have it, for the types of the page: its fields, and `{id, name}` of what it refers to. */
export type RowOf<R extends { fields: Shape }> = {
  id: string;
  version: number;
  created_at: string;
  updated_at: string;
  deleted_at?: string | null;
} & {
  [K in keyof R['fields']]: K extends 'tags'
    ? TagReference[]
    : K extends 'records'
      ? RecordOfEntry[]
      : z.output<R['fields'][K]>;
} & {
  [K in keyof R['fields'] as K extends `${infer Name}_id` ? Name : never]: NamedReference | null;
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
    const answered = field.type === 'tags' ? z.array(tagReference) : (field.answered ?? schema);
    row[name] = options.byDegree && field.showsFrom !== 'exists' ? answered.nullable() : answered;
    if (options.byDegree && field.further)
      throw new Error(
        `The field ${options.name}.${name} is looked up past the degrees of its record: leave out "further"`,
      );
    if (field.expand) row[field.expand] = (field.ofAnyType ? typedReference : namedReference).nullable();
    if (field.createdWith) create[name] = field.createdWith.optional();
    if (field.readOnly) continue;
    create[name] = field.required ? schema : schema.optional();
    if (!field.createOnly && !options.appendOnly) update[name] = schema.optional();
  }
  if (options.appendOnly && (options.trash || !meta.get(options.appendOnly.by)?.readOnly))
    throw new Error(`What is only appended has no trash, and the program alone says what a ${options.name} reverses`);
  if (options.states) checkStateMachine(options.name, options.states, meta);
  Object.assign(row, system);
  if (options.byDegree) row.shown = z.enum(['exists', 'subject', 'everything']);
  if (options.trash) row.deleted_at = z.iso.datetime().nullable();
  const resource = {
    ...options,
    right: (options.right ?? options.name) as ResourceName,
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

/**
 * The record types that people keep lists of: all that can have custom fields. By name, because the order in which
 * contracts are loaded says nothing; without those that are made of others for a use of their own.
 */
export const recordTypeNames = (): string[] =>
  defined
    .filter((resource) => resource.meta.has('custom') && resourceOfTable(resource.table) === resource)
    .map(({ name }) => name)
    .sort();

/** The column with what two records are compared by for duplicates, made of one of their `duplicateKeys`. */
export const keyColumn = (field: string): string => `${field}_key`;

/**
 * The function that finds candidates for a part of a sealed value by its tokens. It answers only ids, which are
 * compared with what its caller may read.
 */
export const partsFunction = ({ table }: Pick<Resource, 'table'>, field: string): string =>
  `app.${table}_by_parts_of_${field}`;

/** The noun whose rows a table holds; the first, where others are made of it. */
export const resourceOfTable = (table: string | undefined) => defined.find((resource) => resource.table === table);

export const resourceNamed = (wanted: string | undefined) => defined.find(({ name }) => name === wanted);

/**
 * Fields that say one thing together; an amount does so with its currency, and the beginning of a period with its end.
 */
export function fieldGroups({ together = [], period, meta }: Resource): readonly (readonly string[])[] {
  const amounts = [...meta].flatMap(([name, { type, currencyField }]) =>
    type === 'money' ? [[name, currencyField!]] : [],
  );
  return [...together, ...amounts, ...(period ? [[period.from, period.to]] : [])];
}

/** An input without what another field of it decides, so that the same input has the same outcome each time. */
export const withoutDerived = ({ derived = {} }: Pick<Resource, 'derived'>, input: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(input).filter(([field]) => (input[derived[field] ?? ''] ?? null) === null));

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
export type ListQuery = z.infer<typeof listQuery> & { as_of?: string | undefined };

/** The query of the list of a noun. */
export const listQueryOf = ({ period }: Resource) =>
  period
    ? listQuery.extend({
        as_of: dateText().optional().describe('Only what holds on this day'),
      })
    : listQuery;

/** The sum of each field that was asked for: one number, or amounts by currency. */
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
    /** Where the value is the id of a record, its name, if the caller may see it. */
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
    search_is_cut: z
      .boolean()
      .optional()
      .describe('True where a part of a sealed value may be in more records than were opened: search for more of it'),
    sorted_by: z
      .string()
      .optional()
      .describe('The order of a list that asked for none, where names are sealed and it cannot have theirs'),
  });

export const idParams = z.object({ id: z.uuid() });

function pascal(name: string): string {
  return name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}
