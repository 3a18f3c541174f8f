import { createHash } from 'node:crypto';
import { listQuery, type Resource } from '../../../kernel/contract/resource.ts';
import type { Database } from '../../../kernel/database/database.ts';
import type { FileStore } from '../../../kernel/files/file-store.ts';
import { listRows } from '../../../kernel/resource/list.ts';
import { openedValues, sealedFields } from '../../../kernel/resource/sealed.ts';
import { getRow, type Values } from '../../../kernel/resource/store.ts';
import { type Actor, type Context, withContext } from '../../../kernel/tenancy/context.ts';
import { csvLine } from '../../../platform/csv/index.ts';
import type { ZipEntry } from '../../../platform/export/index.ts';
import { contact } from '../../directory/contact/contract.ts';
import { acceptedBreak } from '../accepted-break/contract.ts';
import { accountOwner } from '../account-owner/contract.ts';
import { clientProfile, identityDocument } from '../client-profile/contract.ts';
import { clientReview } from '../client-review/contract.ts';
import { communication } from '../communication/contract.ts';
import { document } from '../document/contract.ts';
import { financialAccount } from '../financial-account/contract.ts';
import { goal, goalAccount } from '../goal/contract.ts';
import { household } from '../household/contract.ts';
import { householdAdviser } from '../household-adviser/contract.ts';
import { householdMember } from '../household-member/contract.ts';
import { legalEntity } from '../legal-entity/contract.ts';
import { position } from '../position/contract.ts';
import { relationship } from '../relationship/contract.ts';
import { suitabilityProfile } from '../suitability-profile/contract.ts';
import { transaction } from '../transaction/contract.ts';
import { type Asked, envelopesOf, filesOf, note, peopleOf } from './queries.ts';

const page_rows = 200;
/** Behind it nobody looks for the rest of a name. */
const name_characters_max = 100;

type Filter = Record<string, unknown>;
/** What is in it, in this order, and by what its records are found. */
const parts: readonly {
  resource: Resource;
  filter: (household_id: string, people: readonly string[]) => Filter | null;
}[] = [
  { resource: household, filter: (id) => ({ field: 'id', op: 'eq', value: id }) },
  { resource: householdMember, filter: (id) => of(id) },
  { resource: householdAdviser, filter: (id) => of(id) },
  { resource: contact, filter: (_, people) => ofPeople('id', people) },
  { resource: clientProfile, filter: (_, people) => ofPeople('contact_id', people) },
  { resource: identityDocument, filter: (_, people) => ofPeople('contact_id', people) },
  { resource: legalEntity, filter: (id) => of(id) },
  { resource: relationship, filter: (id) => of(id) },
  { resource: financialAccount, filter: (id) => of(id) },
  { resource: accountOwner, filter: (id) => ({ any: 'account', where: of(id) }) },
  { resource: position, filter: (id) => ({ any: 'account', where: of(id) }) },
  { resource: transaction, filter: (id) => ({ any: 'account', where: of(id) }) },
  { resource: acceptedBreak, filter: (id) => ({ any: 'account', where: of(id) }) },
  { resource: goal, filter: (id) => of(id) },
  { resource: goalAccount, filter: (id) => ({ any: 'goal', where: of(id) }) },
  { resource: suitabilityProfile, filter: (id) => of(id) },
  { resource: clientReview, filter: (id) => of(id) },
  { resource: document, filter: (id) => of(id) },
  { resource: communication, filter: (id) => of(id) },
];
const of = (id: string): Filter => ({ field: 'household_id', op: 'eq', value: id });
const ofPeople = (field: string, people: readonly string[]): Filter | null =>
  people.length > 0 ? { field, op: 'in', value: people } : null;

interface Making {
  db: Database;
  files: FileStore;
  actor: Actor;
  asked: Asked;
  signal: AbortSignal;
}

/**
 * The entries of the archive: each kind of record as JSON and as CSV, the files, and what all of them are, with hashes.
 */
export async function* entriesOf(making: Making): AsyncGenerator<ZipEntry> {
  const { db, files, actor, asked, signal } = making;
  const manifest: { name: string; size_bytes: number; sha256: string; records?: number }[] = [];
  const people = await withContext(db, actor, (ctx) => peopleOf(ctx, asked.household_id));
  for (const { resource, filter } of parts) {
    const wanted = filter(asked.household_id, people);
    const counted = { records: 0 };
    // Read once for each form: rows of years of transactions are not held in memory.
    const forms = { json: asJson, csv: asCsv };
    for (const [form, write] of Object.entries(forms)) {
      const rows = wanted === null ? nothing() : pagesOf(making, resource, wanted, form === 'json');
      const name = `records/${resource.plural}.${form}`;
      yield { name, body: measured(name, write(resource, rows, counted), manifest, counted) };
    }
  }
  for (const { document_id, number, name, storage_key } of await withContext(db, actor, (ctx) =>
    filesOf(ctx, asked.household_id),
  )) {
    signal.throwIfAborted();
    const path = `files/${document_id}/${number}-${safeName(name)}`;
    yield { name: path, body: measured(path, await files.get(storage_key), manifest) };
  }
  const told = {
    household_id: asked.household_id,
    export_id: asked.id,
    reason: asked.reason,
    sealed_values: asked.sealed,
    made_at: new Date().toISOString(),
    hash: 'SHA-256',
    files: manifest,
  };
  yield { name: 'manifest.json', body: texts([`${JSON.stringify(told, null, 2)}\n`]) };
}

/** Letters, digits and what is harmless in the name of a file. */
const safeName = (name: string): string =>
  name
    .normalize()
    .replace(/[^\p{L}\p{N}._ -]/gu, '_')
    .slice(-name_characters_max);

async function* nothing(): AsyncGenerator<Values[]> {}

/** `notes`: what sealed values it opens is told to the trail. */
async function* pagesOf(
  { db, actor, asked, signal }: Making,
  resource: Resource,
  filter: Filter,
  notes: boolean,
): AsyncGenerator<Values[]> {
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    signal.throwIfAborted();
    const page = await withContext(db, actor, async (ctx) => {
      if ('id' === filter.field && resource === household)
        return { data: [await getRow(ctx, household, asked.household_id)], next_cursor: null };
      const query = listQuery.parse({ filter: JSON.stringify(filter), limit: page_rows, ...(cursor && { cursor }) });
      const found = await listRows(ctx, resource, query);
      if (asked.sealed === 'revealed') await reveal(ctx, resource, found.data, asked, notes);
      return found;
    });
    if (page.data.length > 0) yield page.data;
    cursor = page.next_cursor ?? undefined;
  }
}

/** Puts sealed values in place of their masks; one that does not open stays as it is. */
async function reveal(ctx: Context, resource: Resource, rows: Values[], asked: Asked, notes: boolean): Promise<void> {
  if (sealedFields(resource).size === 0 || rows.length === 0) return;
  const byId = new Map(rows.map((row) => [row.id as string, row]));
  for (const { row, column, text } of await openedValues(
    ctx,
    resource,
    await envelopesOf(ctx, resource, [...byId.keys()]),
  )) {
    const shown = byId.get(row.id as string);
    if (!shown || text === undefined) continue;
    shown[column] = text;
    if (!notes) continue;
    const about =
      typeof shown.contact_id === 'string'
        ? { resource: 'contact', id: shown.contact_id }
        : { resource: resource.name, id: row.id as string };
    await note(ctx, 'reveal', about, { type: resource.name, id: row.id, field: column, reason: asked.reason });
  }
}

async function* asJson(
  _: Resource,
  pages: AsyncIterable<Values[]>,
  counted: { records: number },
): AsyncGenerator<string> {
  let lead = '[\n';
  for await (const rows of pages)
    for (const row of rows) {
      yield `${lead}${JSON.stringify(row)}`;
      lead = ',\n';
      counted.records++;
    }
  yield lead === '[\n' ? '[]\n' : '\n]\n';
}

async function* asCsv(resource: Resource, pages: AsyncIterable<Values[]>): AsyncGenerator<string> {
  const columns = ['id', ...resource.meta.keys(), 'created_at', 'updated_at'];
  yield csvLine(columns);
  for await (const rows of pages) for (const row of rows) yield csvLine(columns.map((column) => cell(row[column])));
}

const cell = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

async function* texts(parts: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const part of parts) yield Buffer.from(part);
}

async function* measured(
  name: string,
  body: AsyncIterable<string | Uint8Array>,
  manifest: { name: string; size_bytes: number; sha256: string; records?: number }[],
  counted?: { records: number },
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let size_bytes = 0;
  for await (const part of body) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    hash.update(bytes);
    size_bytes += bytes.length;
    yield bytes;
  }
  manifest.push({ name, size_bytes, sha256: hash.digest('hex'), ...(counted && { records: counted.records }) });
}
