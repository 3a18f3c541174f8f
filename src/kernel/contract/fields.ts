import { z } from 'zod';
import { host_characters_max, hostOf, isHostName } from './host.ts';

export type FieldType =
  | 'id' | 'text' | 'email' | 'phone' | 'url' | 'long_text' | 'integer' | 'decimal' | 'money' | 'currency' | 'date' | 'time'
  | 'boolean' | 'select' | 'reference' | 'list' | 'labelled' | 'addresses' | 'tags' | 'nested' | 'rank' | 'custom' | 'object'; // biome-ignore format: a list of words

/** Kept as a JSON array in one column of the record. */
export const jsonListTypes: ReadonlySet<FieldType | undefined> = new Set<FieldType>(['labelled', 'addresses']);

/** What the rest of the program needs to know of a field; kept in the Zod schema's metadata. */
export interface FieldMeta {
  type: FieldType;
  title: string;
  /** personal: of a natural person; secret: never leaves in audit, logs or exports. */
  sensitivity: 'public' | 'personal' | 'secret';
  /** Set by the program, refused in requests. */
  readOnly?: boolean;
  /** Given when the record is created, fixed from then on. */
  createOnly?: boolean;
  required?: boolean;
  /** Table a reference points to, and the name under which `{id, name}` of it is added to answers. */
  table?: string;
  expand?: string;
  values?: readonly string[];
  /** Field that holds the currency of a money field. */
  currencyField?: string;
  /** SQL column compared instead of the field's own, e.g. a folded or generated twin. */
  filterColumn?: string;
  /**
   * Filters look for a text among further ones too: in the labelled list of this column. `lookup`: the SQL function that answers the ids of the
   * records with any of an array of texts in that list, whole and in small letters, by an index.
   */
  further?: { column: string; lookup: string };
  /**
   * View the rows of a nested field are read from: `item` of those whose `subject` column names this record, by `position`. `table`: where they are
   * kept, when they are parts of the record that make no sense without it, or it without them. `rare`: where few records have any, the column that
   * says that this one may, and the function (tenant, id) that answers those of one record.
   */
  rowsFrom?: { view: string; subject: string; table?: string; rare?: { mark: string; one: string } };
  /**
   * For `has` and `has_not`: the table whose `subject` column names this record and whose `value` column is compared. `target`: the table that
   * `value` refers to, where filters may go on to its records by the name of the field.
   */
  through?: { table: string; subject: string; value: string; target?: string };
  /** What a new record may bring of it, where it is read in another form and changed in a way of its own. */
  createdWith?: z.ZodType;
  /** What answers hold, where records from before may have what is not taken any more. */
  answered?: z.ZodType;
  /** It names fields of the records that this column says; a reader is not told of those hidden from them. */
  namesFieldsOf?: string;
  /** Under which headers files carry it, in any language: an import offers the text under these. */
  headers?: readonly string[];
  filterable?: boolean;
  sortable?: boolean;
  /** Its index has records without a value at the end also when descending, as lists do. */
  emptyLast?: boolean;
}

type Options = Partial<Omit<FieldMeta, 'type'>> & { title: string };

function described<S extends z.ZodType>(schema: S, type: FieldType, options: Options): S {
  const meta: FieldMeta = { sensitivity: 'public', ...options, type };
  const { title, ...field } = meta;
  return schema.meta({ title, field }) as S;
}

/** The metadata of a schema made here; looks through optional and nullable. */
export function fieldMeta(schema: z.ZodType): FieldMeta | undefined {
  const meta = schema.meta() as { title?: string; field?: Omit<FieldMeta, 'title'> } | undefined;
  if (meta?.field) return { title: meta.title ?? '', ...meta.field };
  const inner = (schema as { unwrap?: () => z.ZodType }).unwrap;
  return inner ? fieldMeta(inner.call(schema)) : undefined;
}

const uuid = () => z.uuid({ error: 'This is not an id' });

/** Text of one line. `max` counts characters. */
export const text = (max: number, options: Options) =>
  described(z.string().trim().max(max).nullable(), 'text', { sortable: true, filterable: true, ...options });

/** A text that must be given and not be empty. */
export const requiredText = (max: number, options: Options) =>
  described(z.string().trim().min(1, { error: 'This must not be empty' }).max(max), 'text', {
    sortable: true,
    filterable: true,
    required: true,
    ...options,
  });

export const longText = (max: number, options: Options) =>
  described(z.string().max(max).nullable(), 'long_text', { filterable: true, ...options });

/** A text of many lines that must be given and not be empty. */
export const requiredLongText = (max: number, options: Options) =>
  described(z.string().trim().min(1, { error: 'This must not be empty' }).max(max), 'long_text', {
    filterable: true,
    required: true,
    ...options,
  });

/** A name for programs: `renewal_date`. */
export const key = (max: number, options: Options) =>
  described(
    z
      .string()
      .max(max)
      .regex(/^[a-z][a-z0-9_]*$/, { error: 'Write small letters, digits and _, beginning with a letter' }),
    'text',
    { sortable: true, filterable: true, required: true, ...options },
  );

export const email = (options: Options) =>
  described(z.email({ error: 'Write an address such as name@example.com' }).max(254).nullable(), 'email', {
    sortable: true,
    filterable: true,
    filterColumn: 'email_key',
    ...options,
  });

export const phone = (options: Options) =>
  described(
    z
      .string()
      .trim()
      .max(50)
      .regex(/^[+\d(][\d\s().\-/#*,;x]*$/i, { error: 'Write a number such as +1 212 555 0100' })
      .nullable(),
    'phone',
    { filterable: true, ...options },
  );

export const url = (options: Options) =>
  described(
    z
      .url({ protocol: /^https?$/, error: 'Write an address such as https://example.com' })
      .max(2000)
      .nullable(),
    'url',
    { filterable: true, ...options },
  );

/** The name of a host, such as `example.com`; of a whole address its host is taken. */
export const domain = (options: Options) =>
  described(
    z
      .string()
      .max(2000, { abort: true })
      .overwrite(hostOf)
      .refine(isHostName, { error: 'Write a domain such as example.com' })
      .nullable(),
    'text',
    { sortable: true, filterable: true, answered: text(host_characters_max, options), ...options },
  );

export const integer = (range: { min?: number; max?: number }, options: Options) =>
  described(
    z
      .int({ error: 'Write a whole number' })
      .min(range.min ?? -2147483648)
      .max(range.max ?? 2147483647)
      .nullable(),
    'integer',
    { sortable: true, filterable: true, ...options },
  );

/** A decimal string above zero, with so many digits before and after the point. */
export const decimal = (digits: { whole: number; fraction: number }, options: Options) =>
  described(
    z
      .string()
      .regex(new RegExp(`^\\d{1,${digits.whole}}(\\.\\d{1,${digits.fraction}})?$`), {
        error: `Write a number such as "1.085", with at most ${digits.fraction} decimals`,
      })
      .refine((text) => /[1-9]/.test(text), { error: 'This must be more than zero' }),
    'decimal',
    { sortable: true, filterable: true, ...options },
  );

/** A decimal string; the currency stands in `currencyField`. Stored as integer minor units. */
export const money = (currencyField: string, options: Options) =>
  described(
    z
      .string()
      .regex(/^-?\d{1,15}(\.\d{1,4})?$/, { error: 'Write an amount such as "1054.00"' })
      .nullable(),
    'money',
    { sortable: true, filterable: true, currencyField, ...options },
  );

export const currency = (options: Options) =>
  described(z.string().regex(/^[A-Z]{3}$/, { error: 'Write an ISO 4217 code such as USD' }), 'currency', {
    filterable: true,
    ...options,
  });

export const date = (options: Options) =>
  described(z.iso.date({ error: 'Write a date that exists, such as 2026-11-20' }).nullable(), 'date', {
    sortable: true,
    filterable: true,
    ...options,
  });

/** A date that must be given. */
export const requiredDate = (options: Options) =>
  described(z.iso.date({ error: 'Write a date that exists, such as 2026-11-20' }), 'date', {
    sortable: true,
    filterable: true,
    required: true,
    ...options,
  });

export const time = (options: Options) =>
  described(z.iso.datetime({ offset: true, error: 'Write a time such as 2026-11-20T07:00:00Z' }).nullable(), 'time', {
    sortable: true,
    filterable: true,
    ...options,
  });

export const boolean = (options: Options) => described(z.boolean(), 'boolean', { filterable: true, ...options });

/** A place among neighbours, which only moving changes. */
export const rank = (options: Options) =>
  described(z.number(), 'rank', { readOnly: true, required: true, sortable: true, ...options });

export const select = <const V extends readonly [string, ...string[]]>(values: V, options: Options) =>
  described(z.enum(values).nullable(), 'select', { values, sortable: true, filterable: true, ...options });

export const requiredSelect = <const V extends readonly [string, ...string[]]>(values: V, options: Options) =>
  described(z.enum(values), 'select', { values, sortable: true, filterable: true, ...options });

/** The id of a row of `table`. With `expand`, answers also carry `{id, name}` of it under that name. */
export const reference = (table: string, options: Options & { expand?: string }) =>
  described(uuid().nullable(), 'reference', { filterable: true, table, ...options });

export const requiredReference = (table: string, options: Options & { expand?: string }) =>
  described(uuid(), 'reference', { filterable: true, required: true, table, ...options });

/** Further values beside a main one, e.g. more e-mail addresses. */
export const list = <S extends z.ZodType>(item: S, max: number, options: Options) =>
  described(z.array(item).max(max), 'list', options);

export const label_characters_max = 60;
const labelled_values_max = 20;

/** Says what a value is for, such as "Work". */
const label = () => z.string().trim().min(1).max(label_characters_max).nullable();

/** Values with a label each, such as further e-mail addresses, in the order in which they are to be used. */
export const labelled = (value: z.ZodType<string>, options: Options) =>
  described(
    z.array(z.strictObject({ label: label().default(null), value })).max(labelled_values_max),
    'labelled',
    options,
  );

export interface LabelledValue {
  label: string | null;
  value: string;
}

/** The lengths of the parts of a postal address, in characters. */
export const addressParts = { street: 300, city: 200, region: 200, postal_code: 20, country: 100 } as const;

/** Further postal addresses with a label each. */
export const addresses = (options: Options) => {
  const part = (max: number) => z.string().trim().max(max).nullable().default(null);
  const { street, city, region, postal_code, country } = addressParts;
  const address = z.strictObject({
    label: label().default(null),
    street: part(street),
    city: part(city),
    region: part(region),
    postal_code: part(postal_code),
    country: part(country),
  });
  const filled = address.refine(({ label: _, ...parts }) => Object.values(parts).some(Boolean), {
    error: 'Write at least one part of the address',
  });
  return described(z.array(filled).max(labelled_values_max), 'addresses', options);
};

/** A day of birth: `1990-04-30`, or `--04-30` when the year is unknown. */
export const birthday = (options: Options) =>
  described(
    z
      .string()
      .regex(/^(\d{4}|-)-\d\d-\d\d$/, { error: birthday_message, abort: true })
      .refine((day) => z.iso.date().safeParse(day.replace(/^--/, '2000-')).success, { error: birthday_message })
      .nullable(),
    'text',
    { sortable: true, filterable: true, ...options },
  );

const birthday_message = 'Write a day that exists, such as 1990-04-30, or --04-30 without the year';

/** A value with a shape of its own, kept as JSON. */
export const object = <S extends z.ZodType>(schema: S, options: Options) => described(schema, 'object', options);

/** Tag ids in requests, `{id, name, color}` in answers. */
export const tags = (options: Options) => described(z.array(uuid()).max(100), 'tags', { filterable: true, ...options });

/** Rows of another table that belong to the record and are read with it. They have an address of their own to change them. */
export const nested = <S extends z.ZodType>(item: S, options: Options & Required<Pick<FieldMeta, 'rowsFrom'>>) =>
  described(z.array(item), 'nested', { readOnly: true, ...options });

/** Values of the tenant's custom fields by their key; src/kernel/resource/custom.ts checks them. */
export const custom = () =>
  described(
    z
      .record(z.string().max(60), z.unknown())
      .describe("Values of the workspace's own fields by their key; GET /api/v1/custom-fields says which there are"),
    'custom',
    { title: 'Custom fields' },
  );

export const moneyAmount = z.object({ amount: z.string(), currency: z.string() }).meta({ id: 'Money' });
export type MoneyAmount = z.output<typeof moneyAmount>;

export const namedReference = z.object({ id: z.uuid(), name: z.string() });
export const tagReference = z.object({ id: z.uuid(), name: z.string(), color: z.string() });
