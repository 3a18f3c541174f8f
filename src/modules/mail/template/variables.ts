import { scopeOf } from '../../../kernel/access/rights.ts';
import type { FieldMeta, FieldType, RecordOfEntry } from '../../../kernel/contract/fields.ts';
import { type Resource, recordTypeNames, resourceNamed, resourceOfTable } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { withoutOff } from '../../../kernel/features/switches.ts';
import { findRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { message as mail } from '../message/contract.ts';
import type { MissingValue, PreviewRequest } from './contract.ts';

const pattern = /\{\{\s*([a-z_]+)\.([a-z_]+)\s*\}\}/g;
const shownTypes: ReadonlySet<FieldType> = new Set([
  'text', 'email', 'phone', 'url', 'long_text', 'integer', 'decimal', 'money', 'date', 'time', 'reference',
]); // biome-ignore format: a list of words
/** Whoever writes the mail. */
const sender = 'sender';
const senderFields: Readonly<Record<string, string>> = { name: 'Name', email: 'Email' };

/** The record types whose fields a mail can name, as far as the caller may read them. */
const resourcesFor = ({ actor }: Context): Resource[] =>
  withoutOff(actor, recordTypeNames(), (name) => name)
    .map((name) => resourceNamed(name)!)
    .filter(({ right }) => scopeOf(actor.rights, right, 'read') !== 'none');

const isShown = ({ type, sensitivity, expand, ofAnyType }: FieldMeta): boolean =>
  shownTypes.has(type) && sensitivity !== 'secret' && (type !== 'reference' || (expand !== undefined && !ofAnyType));

/** `company` for `company_id`: what one reads is the name. */
const nameOf = (field: string, { type, expand }: FieldMeta): string => (type === 'reference' ? expand! : field);

const fieldsOf = (resource: Resource): Map<string, [field: string, meta: FieldMeta]> =>
  new Map([...resource.meta].flatMap(([field, meta]) => (isShown(meta) ? [[nameOf(field, meta), [field, meta]]] : [])));

/** What can stand between braces, by the contracts of the record types that the caller may read. */
export function listVariables(ctx: Context) {
  const ofRecords = resourcesFor(ctx).flatMap((resource) =>
    [...fieldsOf(resource)].map(([name, [, { title }]]) => ({
      variable: `${resource.name}.${name}`,
      record_type: resource.name,
      title,
    })),
  );
  const ofSender = Object.entries(senderFields).map(([name, title]) => ({
    variable: `${sender}.${name}`,
    record_type: sender,
    title,
  }));
  return [...ofRecords, ...ofSender];
}

/**
 * The variables that still stand in a text. Braces of other things, such as of a program that somebody writes about,
 * are no variables.
 */
export const variablesIn = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(pattern)].flatMap(([, type, field]) =>
      type === sender || recordTypeNames().includes(type!) ? [`${type}.${field}`] : [],
    ),
  ),
];

interface Sources {
  records: ReadonlyMap<string, Values>;
  resources: readonly Resource[];
  sender: Values | undefined;
  format: Format;
}

/** The texts with values for their variables. What has none stays as it is, and is named. */
export async function fillIn(ctx: Context, request: PreviewRequest) {
  const { subject, body } = request;
  const sources = await sourcesOf(ctx, request);
  const missing = new Map<string, MissingValue>();
  const fill = (text: string) =>
    text.replace(pattern, (whole, type: string, field: string) => {
      const found = fieldText(sources, type, field);
      if (found === undefined) return whole;
      if (typeof found === 'string') return found;
      const variable = `${type}.${field}`;
      missing.set(variable, { variable, ...found });
      return `{{${variable}}}`;
    });
  return { subject: fill(subject).replace(/\s+/g, ' '), body: fill(body), missing: [...missing.values()] };
}

/** The value as a reader reads it; else why there is none; undefined where the braces are no variable. */
function fieldText(
  { records, resources, sender: user, format }: Sources,
  type: string,
  name: string,
): string | Omit<MissingValue, 'variable'> | undefined {
  if (type === sender) {
    const value = senderFields[name] && user?.[name];
    return value ? String(value) : { message: noVariable(type, name), record: null };
  }
  if (!recordTypeNames().includes(type)) return undefined;
  const resource = resources.find((one) => one.name === type);
  const [field, meta] = (resource && fieldsOf(resource).get(name)) ?? [];
  if (!resource || !field || !meta) return { message: noVariable(type, name), record: null };
  const row = records.get(type);
  if (!row) {
    const message = `No ${resource.title} is linked. Link one, or fill in the value yourself.`;
    return { message, record: null };
  }
  const text = format(row, field, meta).trim();
  if (text !== '') return text;
  const record = { type, id: String(row.id), name: String(row.name ?? resource.title) };
  return { message: `Fill in “${meta.title}” of ${record.name}, or write the text yourself.`, record };
}

function noVariable(type: string, name: string): string {
  const message = `There is no variable ${type}.${name}. Choose one from the list.`;
  return message;
}

/**
 * The records that were chosen, and of types of which there is none those that they name: the company of a contact, the
 * contact of a deal.
 */
async function sourcesOf(ctx: Context, request: PreviewRequest): Promise<Sources> {
  const resources = resourcesFor(ctx);
  const records = new Map<string, Values>();
  const read = async (resource: Resource | undefined, id: unknown) => {
    if (!resource || typeof id !== 'string' || records.has(resource.name) || !resources.includes(resource)) return;
    const row = await findRow(ctx, resource, id);
    if (row) records.set(resource.name, row);
  };
  for (const { type, id } of await chosenRecords(ctx, request)) await read(resourceNamed(type), id);
  for (const [type, row] of [...records])
    for (const [field, { type: kind, table }] of resourceNamed(type)!.meta)
      if (kind === 'reference') await read(resourceOfTable(table), row[field]);
  const user = await ctx.tx.maybe<{ name: string; email: string; locale: string; time_zone: string }>(
    sql`select u.name, u.email, u.locale, coalesce(u.time_zone, t.time_zone, 'UTC') as time_zone from user_account u
      join tenant t on t.id = u.tenant_id where u.tenant_id = ${ctx.tenant_id} and u.id = ${ctx.actor.user_id}`,
  );
  return { records, resources, sender: user, format: formatIn(user?.locale ?? 'en', user?.time_zone ?? 'UTC') };
}

/** Those that somebody chose, the contacts to whom it goes, and what the message is about that it answers. */
async function chosenRecords(ctx: Context, { records, addresses, reply_to_id }: PreviewRequest) {
  const keys = addresses.map((address) => address.trim().toLowerCase());
  const contacts = await ctx.tx.many<{
    id: string;
  }>(sql`select c.id from contact c where c.tenant_id = ${ctx.tenant_id} and c.deleted_at is null
    and (c.email_key = any (${keys}::text[]) or c.id in (select f.id from app.contacts_with_further_email(${keys}::text[]) f (id)))
    order by array_position(${keys}::text[], c.email_key), c.id limit 1`);
  const answered = reply_to_id ? await findRow(ctx, mail, reply_to_id) : undefined;
  const about = ((answered?.records ?? []) as RecordOfEntry[]).flatMap(({ type, id }) => (id ? [{ type, id }] : []));
  return [...records, ...contacts.map(({ id }) => ({ type: 'contact', id })), ...about];
}

type Format = (row: Values, field: string, meta: FieldMeta) => string;

/** Values as whoever writes the mail reads them. */
const formatIn =
  (locale: string, timeZone: string): Format =>
  (row, field, { type, expand, currencyField }) => {
    const value = row[field];
    if (value === null || value === undefined) return '';
    switch (type) {
      case 'reference':
        return String((row[expand!] as { name?: string } | null)?.name ?? '');
      case 'money':
        return new Intl.NumberFormat(locale, {
          style: 'currency',
          currency: String(row[currencyField!]),
        }).format(value as `${number}`);
      case 'decimal':
        return new Intl.NumberFormat(locale, { maximumFractionDigits: 20 }).format(value as `${number}`);
      case 'date':
        return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${value}`));
      case 'time':
        return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone }).format(
          new Date(`${value}`),
        );
      default:
        return String(value);
    }
  };
