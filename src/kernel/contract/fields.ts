import { z } from 'zod';
import { record, shaped, sized } from './bounds.ts';
import { countryName } from './country.ts';
import { type Digits, decimalPattern } from './decimal.ts';
import { durationPattern, durationSeconds, durationText } from './duration.ts';
import { email_characters_max, emailPattern, emailText } from './email.ts';
import { host_characters_max, hostOf, isHostName } from './host.ts';
import { filled, trimmed } from './names.ts';
import { phonePattern } from './phone.ts';
import { records_max } from './record-links.ts';
import { dateText, timeText } from './time.ts';

export type FieldType =
  | 'id'
  | 'text'
  | 'email'
  | 'phone'
  | 'url'
  | 'long_text'
  | 'integer'
  | 'decimal'
  | 'money'
  | 'currency'
  | 'date'
  | 'time'
  | 'duration'
  | 'boolean'
  | 'select'
  | 'reference'
  | 'list'
  | 'labelled'
  | 'addresses'
  | 'tags'
  | 'records'
  | 'nested'
  | 'rank'
  | 'custom'
  | 'object'
  | 'secret';

/** Stored as a JSON array in one column of the record. */
export const jsonListTypes: ReadonlySet<FieldType | undefined> = new Set<FieldType>(['labelled', 'addresses']);

/** Stored in rows of their own, which are written after the record. */
export const separateRowTypes: ReadonlySet<FieldType> = new Set<FieldType>(['tags', 'nested']);

/** What the rest of the program needs to know of a field; stored in the metadata of its Zod schema. */
export interface FieldMeta {
  type: FieldType;
  title: string;
  /** personal: of a natural person; secret: never leaves in audit, logs or exports. */
  sensitivity: 'public' | 'personal' | 'secret';
  /** Set by the program, refused in requests. */
  readOnly?: boolean;
  /** May be set when the record is created, and not afterwards. */
  createOnly?: boolean;
  required?: boolean;
  /**
   * In a record type with degrees: the lowest degree that includes this field. Without it, only callers with `read` see
   * it.
   */
  showsFrom?: 'exists' | 'subject';
  /** The table that a reference points to, and the name under which responses have `{id, name}` of the record. */
  table?: string;
  expand?: string;
  /** The reference is to a record of any type, which responses include. */
  ofAnyType?: true;
  values?: readonly string[];
  /** A text that names a country: all names of one are the same (app.country_name). */
  isCountry?: true;
  /** Field that holds the currency of a money field. */
  currencyField?: string;
  /** The digits of an exact decimal. */
  digits?: Digits;
  /** The column to compare instead of its own, e.g. one with folded text. */
  filterColumn?: string;
  /**
   * For an exact decimal: the bigint column with its value times 10 to the power of its scale. Filters and sorts use
   * it, because comparisons of numeric are not leakproof, and therefore use no index under row-level security.
   */
  unitsColumn?: string;
  /**
   * Filters also search the labelled list in this column for further values. `lookup`: the SQL function that finds, by
   * an index, the ids of records with any of the given lower-case texts in that list.
   */
  further?: { column: string; lookup: string };
  /**
   * The view with the rows of a nested field: `item` of those whose column `subject` refers to this record, ordered by
   * `position`. `table`: where they are stored, when neither they nor the record make sense without the other. `rare`:
   * where few records have any, the boolean column that says whether this one may, and the function (tenant, id) that
   * returns the rows of one record.
   */
  rowsFrom?: { view: string; subject: string; table?: string; rare?: { mark: string; one: string } };
  /**
   * For `has` and `has_not`: the table whose column `subject` refers to this record and whose column `value` is
   * compared. `target`: the table that `value` refers to, so that filters can continue to its records by the name of
   * the field.
   */
  through?: { table: string; subject: string; value: string; target?: string };
  /**
   * What a request may send when it creates a record, if the form differs from that in responses and later changes have
   * routes of their own.
   */
  createdWith?: z.ZodType;
  /** The schema of responses, when existing records may hold values that are no longer accepted. */
  answered?: z.ZodType;
  /** The value names fields of the record type in this column; fields that are hidden from the caller are left out. */
  namesFieldsOf?: string;
  /** A list of names of fields of this record type; those that are hidden from the caller are left out. */
  listsFieldsOf?: string;
  /** Column headers of files for this field, in any language, by which an import matches columns. */
  headers?: readonly string[];
  filterable?: boolean;
  sortable?: boolean;
  /** How the values of a secret field are sealed. */
  sealed?: Sealing;
  /**
   * A personal text that is sealed where the workspace says so, and shown in the clear to whoever may read its record:
   * src/kernel/resource/personal.ts. Its column lets envelopes in, and nothing reads it past the contract.
   */
  sealable?: true;
  /** A generated text of sealable fields, which is a composite where one of them is sealed: src/kernel/resource/composite-names.ts */
  ofSealable?: true;
  /**
   * Sealed values are found by blind indexes of what is compared of them: src/kernel/resource/personal-index.ts. Fields
   * with the same `of` share them. `lookup`: the SQL function that finds the ids of records by such indexes.
   */
  sealedIndex?: { of: 'phone'; lookup: string };
  /** Sorted by code point, the order of its index: an identifier, which no language orders. */
  byCodePoint?: true;
  /** In its index, records without a value are last also when descending, as in lists. */
  emptyLast?: boolean;
}

export interface Sealing {
  /** What people see of a value: the last four characters, or nothing. */
  mask: 'last4' | 'all';
  /** Filters find records by the whole value, through the column `<name>_index`. */
  index?: 'equality';
  /**
   * Filters find records by a part of the value too, through the column `<name>_parts`. Not for what is short and of
   * digits alone, such as a date or an SSN: docs/security/sealed-fields.md
   */
  parts?: true;
  /**
   * Equal values are of one record only where this field is equal too: two custodians may give the same account number.
   */
  within?: string;
  /**
   * The field with the person (a contact) whose data key seals the value. Without it, the key of the workspace does.
   */
  keyOf?: string;
}

type Options = Partial<Omit<FieldMeta, 'type'>> & { title: string };

function described<S extends z.ZodType>(schema: S, type: FieldType, options: Options): S {
  const meta: FieldMeta = { sensitivity: 'public', ...options, type };
  const { title, ...field } = meta;
  return schema.meta({ title, field }) as S;
}

/** The metadata of a schema made here, also inside optional and nullable. */
export function fieldMeta(schema: z.ZodType): FieldMeta | undefined {
  const meta = schema.meta() as { title?: string; field?: Omit<FieldMeta, 'title'> } | undefined;
  if (meta?.field) return { title: meta.title ?? '', ...meta.field };
  const inner = (schema as { unwrap?: () => z.ZodType }).unwrap;
  return inner ? fieldMeta(inner.call(schema)) : undefined;
}

const uuid = () => z.uuid({ error: 'This is not an id' });

/** A single-line text. `max` counts characters. */
export const text = (max: number, options: Options) =>
  described(trimmed().max(max).nullable(), 'text', { sortable: true, filterable: true, ...options });

/** A required single-line text. */
export const requiredText = (max: number, options: Options) =>
  described(filled(max), 'text', { sortable: true, filterable: true, required: true, ...options });

/** A text with a shape of its own, such as a number with a check digit; nullable. */
export const shapedText = <S extends z.ZodType<string | null>>(schema: S, options: Options) =>
  described(schema, 'text', { sortable: true, filterable: true, ...options });

export const longText = (max: number, options: Options) =>
  described(z.string().normalize().max(max).nullable(), 'long_text', { filterable: true, ...options });

/** A required multi-line text. */
export const requiredLongText = (max: number, options: Options) =>
  described(filled(max), 'long_text', { filterable: true, required: true, ...options });

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

/** An e-mail address, its domain in letters. */
export const emailAddress = () =>
  z
    .email({ pattern: emailPattern, error: 'Write an address such as name@example.com', abort: true })
    .max(email_characters_max)
    .overwrite(emailText);

export const email = (options: Options) =>
  described(emailAddress().nullable(), 'email', {
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
      .max(50, { abort: true })
      .regex(phonePattern, { error: 'Write a number such as +1 212 555 0100' })
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

/** A host name, such as `example.com`; of a whole address, its host is used. */
export const domain = (options: Options) =>
  described(
    z
      .string()
      .max(2000, { abort: true })
      .overwrite(hostOf)
      .refine(isHostName, { error: 'Write a domain such as example.com' })
      .nullable(),
    'text',
    { sortable: true, byCodePoint: true, filterable: true, answered: text(host_characters_max, options), ...options },
  );

export function integer({ min = -2147483648, max = 2147483647 }: { min?: number; max?: number }, options: Options) {
  const message = `Write a whole number from ${min} to ${max}`;
  return described(
    z
      .int({ error: ({ code }) => (code === 'invalid_type' ? 'Write a whole number' : message) })
      .min(min)
      .max(max)
      .nullable(),
    'integer',
    { sortable: true, filterable: true, ...options },
  );
}

/** A positive decimal string, with at most these digits before and after the point. */
export const decimal = (digits: { whole: number; fraction: number }, options: Options) =>
  described(
    shaped(new RegExp(`^\\d{1,${digits.whole}}(\\.\\d{1,${digits.fraction}})?$`), digits.whole + digits.fraction + 1, {
      error: `Write a number such as "1.085", with at most ${digits.fraction} decimals`,
    }).refine((text) => /[1-9]/.test(text), { error: 'This must be more than zero' }),
    'decimal',
    { sortable: true, filterable: true, ...options },
  );

/**
 * An exact decimal such as a quantity or a share, of either sign: a string in JSON, which responses pad to its scale,
 * and numeric(whole + scale, scale) in the database. A value with more digits is refused, not rounded.
 */
export const exactDecimal = (digits: Digits, options: Options) =>
  described(exact(digits).nullable(), 'decimal', { sortable: true, filterable: true, ...options, digits });

/** A required exact decimal. */
export const requiredExactDecimal = (digits: Digits, options: Options) =>
  described(exact(digits), 'decimal', { sortable: true, filterable: true, required: true, ...options, digits });

function exact(digits: Digits) {
  if (digits.whole + digits.scale > 18) throw new Error('An exact decimal has at most 18 digits, as a bigint has');
  const { whole, scale } = digits;
  return shaped(decimalPattern(digits), whole + scale + 2, {
    error: `Write a number such as "${(1.5).toFixed(scale)}", with at most ${whole} digits before the point and ${scale} behind`,
  });
}

/**
 * A duration: in responses ISO 8601 up to hours, in requests also with days and weeks; in the database whole seconds.
 */
export const duration = (options: Options) =>
  described(isoDuration().nullable(), 'duration', { sortable: true, filterable: true, ...options });

/** A duration as requests may send it. */
export const isoDuration = () =>
  z
    .string()
    .max(40)
    .regex(durationPattern, { error: duration_message, abort: true })
    .refine((text) => durationSeconds(text) !== undefined, { error: 'This is longer than 68 years', abort: true })
    .overwrite((text) => durationText(durationSeconds(text) ?? 0));

const duration_message = 'Write a duration such as PT1H30M, with weeks, days, hours, minutes and seconds';

/** A decimal string; the currency is in `currencyField`. Stored as integer minor units. */
export const money = (currencyField: string, options: Options) =>
  described(
    shaped(/^-?\d{1,15}(\.\d{1,4})?$/, 21, { error: 'Write an amount such as "1054.00"' }).nullable(),
    'money',
    {
      sortable: true,
      filterable: true,
      currencyField,
      ...options,
    },
  );

export const currency = (options: Options) =>
  described(shaped(/^[A-Z]{3}$/, 3, { error: 'Write an ISO 4217 code such as USD' }), 'currency', {
    filterable: true,
    ...options,
  });

/**
 * A country by its name. Codes, abbreviations and names in other languages become the English one; any other text stays
 * as it is written.
 */
export const country = (options: Options) =>
  described(countryText().nullable(), 'text', { sortable: true, filterable: true, isCountry: true, ...options });

const countryText = () => trimmed().max(addressParts.country).overwrite(countryName);

export const countryCode = (options: Options) =>
  described(shaped(/^[A-Z]{2}$/, 2, { error: 'Write an ISO 3166 code such as DE' }).nullable(), 'text', {
    filterable: true,
    ...options,
  });

export const date = (options: Options) =>
  described(dateText().nullable(), 'date', { sortable: true, filterable: true, ...options });

/** A required date. */
export const requiredDate = (options: Options) =>
  described(dateText(), 'date', { sortable: true, filterable: true, required: true, ...options });

export const time = (options: Options) =>
  described(timeText().nullable(), 'time', { sortable: true, filterable: true, ...options });

/** A required time. */
export const requiredTime = (options: Options) =>
  described(timeText(), 'time', { sortable: true, filterable: true, required: true, ...options });

export const boolean = (options: Options) => described(z.boolean(), 'boolean', { filterable: true, ...options });

/** A position in an order, which only moving changes. */
export const rank = (options: Options) =>
  described(z.number(), 'rank', { readOnly: true, required: true, sortable: true, ...options });

export const select = <const V extends readonly [string, ...string[]]>(values: V, options: Options) =>
  described(z.enum(values).nullable(), 'select', { values, sortable: true, filterable: true, ...options });

export const requiredSelect = <const V extends readonly [string, ...string[]]>(values: V, options: Options) =>
  described(z.enum(values), 'select', { values, sortable: true, filterable: true, ...options });

/**
 * One of the values that all contracts together declare, such as the names of record types; evaluated when the first
 * value is checked.
 */
export const declaredSelect = (values: () => readonly string[], options: Options) =>
  described(
    z.lazy(() => z.enum(values())),
    'select',
    { sortable: true, filterable: true, ...options },
  );

/** The id of a row of `table`. With `expand`, responses also have `{id, name}` of it under that name. */
export const reference = (table: string, options: Options & { expand?: string }) =>
  described(uuid().nullable(), 'reference', { filterable: true, table, ...options });

export const requiredReference = (table: string, options: Options & { expand?: string }) =>
  described(uuid(), 'reference', { filterable: true, required: true, table, ...options });

/**
 * The id of a record of any type without a reference field of its own here. Responses also have `{type, id, name}` of
 * it, as `record`.
 */
export const recordReference = (options: Omit<Options, 'title'> = {}) =>
  described(uuid().nullable(), 'reference', {
    title: 'Record',
    filterable: true,
    table: 'attachable_record',
    expand: 'record',
    ofAnyType: true,
    ...options,
  });

/** Further values beside a main one, e.g. more e-mail addresses. */
export const list = <S extends z.ZodType>(item: S, max: number, options: Options) =>
  described(z.array(item).max(max), 'list', options);

export const label_characters_max = 60;
const labelled_values_max = 20;

/** A label for a value, such as "Work". */
const label = () => filled(label_characters_max).nullable();

/** Labelled values, such as further e-mail addresses, in order of preference. */
export const labelled = (value: z.ZodType<string>, options: Options) =>
  described(z.array(z.strictObject({ label: label().default(null), value })).max(labelled_values_max), 'labelled', {
    filterable: true,
    ...options,
  });

export interface LabelledValue {
  label: string | null;
  value: string;
}

/** The lengths of the parts of a postal address, in characters. */
export const addressParts = { street: 300, city: 200, region: 200, postal_code: 20, country: 100 } as const;

/** Further postal addresses with a label each. */
export const addresses = (options: Options) => {
  const part = (max: number) => trimmed().max(max).nullable().default(null);
  const { street, city, region, postal_code } = addressParts;
  const address = z.strictObject({
    label: label().default(null),
    street: part(street),
    city: part(city),
    region: part(region),
    postal_code: part(postal_code),
    country: countryText().nullable().default(null),
  });
  const filled = address.refine(({ label: _, ...parts }) => Object.values(parts).some(Boolean), {
    error: 'Write at least one part of the address',
  });
  return described(z.array(filled).max(labelled_values_max), 'addresses', { filterable: true, ...options });
};

/** A day of birth: `1990-04-30`, or `--04-30` when the year is unknown. */
export const birthday = (options: Options) =>
  described(
    z
      .string()
      .regex(/^(\d{4}|-)-\d\d-\d\d$/, { error: birthday_message, abort: true })
      .refine((day) => z.iso.date().safeParse(day.replace(/^--/, '2000-')).success, { error: birthday_message })
      .meta({ maxLength: 10 })
      .nullable(),
    'text',
    { sortable: true, filterable: true, ...options },
  );

/** Marks a mask, which nobody can send back as a value. */
export const mask_sign = '•';
/** What stands for a value that does not open. */
export const damaged_value = `${mask_sign} damaged`;
/** The same, of one whose master key this process lacks. */
export const locked_value = `${mask_sign} key missing`;

const not_a_mask = {
  error: 'This is what is shown in place of the value. Leave the field out to keep its value as it is',
};

/**
 * A text that is sealed wherever it is stored, such as an account number: `account_number: secretText(40, { title:
 * 'Number', mask: 'last4', index:
 * 'equality' })`. Answers, exports, webhooks and the like have a mask in its place; `POST …/{id}/reveal` opens one
 * value for who may. The column is an envelope, `account_number bytea check (octet_length(account_number) between 62
 * and 221)` (61 bytes and those of the text), and with an index `account_number_index bytea generated always as
 * (substring(account_number from 30 for 16)) stored`, indexed behind `tenant_id`. With `parts` the envelope has 4 bytes
 * more. docs/add-a-field.md
 */
export const secretText = (max: number, options: SecretOptions) =>
  secret(trimmed().max(max).refine((text) => !text.includes(mask_sign), not_a_mask).nullable(), options); // biome-ignore format: one line

type SecretOptions = Sealing & Omit<Options, 'sealed' | 'sensitivity' | 'sortable' | 'filterable' | 'answered'>;

/** For a schema with rules of its own, such as check digits: a nullable text. */
export const secret = <S extends z.ZodType<string | null>>(
  schema: S,
  { mask, index, parts, within, keyOf, ...options }: SecretOptions,
) =>
  described(schema, 'secret', {
    ...options,
    sensitivity: 'secret',
    sealed: {
      mask,
      ...(index && { index }),
      ...(parts && { parts }),
      ...(within && { within }),
      ...(keyOf && { keyOf }),
    },
    filterable: true,
    answered: z.string().nullable().describe('A mask; reveal opens the value'),
  });

const birthday_message = 'Write a day that exists, such as 1990-04-30, or --04-30 without the year';

/** A value with a shape of its own, kept as JSON. */
export const object = <S extends z.ZodType>(schema: S, options: Options) => described(schema, 'object', options);

/** Tag ids in requests, `{id, name, color}` in responses. */
export const tags = (options: Options) => described(z.array(uuid()).max(100), 'tags', { filterable: true, ...options });

/** A record that an entry is about, as answers have it: of one that the caller may not read, only its type. */
export const recordOfEntry = z
  .object({ type: z.string(), id: z.uuid().nullable(), name: z.string().nullable() })
  .meta({ id: 'RecordOfEntry' });
export type RecordOfEntry = z.infer<typeof recordOfEntry>;

/**
 * The records of any type that an entry is about: `{type, id}` in requests, `{type, id, name}` in responses. The column
 * has their ids, and triggers keep `record_link` to them.
 */
export const records = (options: Partial<Options> = {}) =>
  described(z.array(z.strictObject({ type: z.string().max(60), id: uuid() })).max(records_max), 'records', {
    title: 'Records',
    filterable: true,
    answered: z.array(recordOfEntry),
    through: { table: 'record_link', subject: 'item_id', value: 'record_id' },
    ...options,
  });

/**
 * Rows of another table that belong to the record and are read with it. They are changed at an address of their own.
 */
export const nested = <S extends z.ZodType>(item: S, options: Options & Required<Pick<FieldMeta, 'rowsFrom'>>) =>
  described(z.array(item), 'nested', { readOnly: true, ...options });

/** How many fields of its own a workspace may give to a record type, retired ones too. */
export const custom_fields_max = 200;

/** More than any value of a custom field has, whose definition is not known here. */
export const custom_value_size = { characters: 40_000, depth: 2 };

/** The values of custom fields by key; src/kernel/resource/custom.ts checks them. */
export const custom = () =>
  described(
    record(z.string().max(60), sized(z.unknown(), custom_value_size), custom_fields_max).describe(
      "Values of the workspace's own fields by their key; GET /api/v1/custom-fields says which there are",
    ),
    'custom',
    { title: 'Custom fields' },
  );

export const moneyAmount = z.object({ amount: z.string(), currency: z.string() }).meta({ id: 'Money' });
export type MoneyAmount = z.output<typeof moneyAmount>;

export const namedReference = z.object({ id: z.uuid(), name: z.string() });
export type NamedReference = z.infer<typeof namedReference>;
export const typedReference = z.object({ type: z.string(), id: z.uuid(), name: z.string() });
export const tagReference = z.object({ id: z.uuid(), name: z.string(), color: z.string() });
export type TagReference = z.infer<typeof tagReference>;
