import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { readMigrations } from '../../src/kernel/database/migrate.ts';
import { createTenant } from '../../src/kernel/identity/index.ts';
import { type Cluster, prepareHoldfast, withClient } from '../cluster.ts';

const small_tenants = 9;
const contacts_per_company = 20;
const batch_contacts = 50_000;

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');
const files = {
  rows: read('rows.sql'),
  holdfast: read('holdfast.sql'),
  holdfastContacts: read('holdfast-contacts.sql'),
  holdfastRest: read('holdfast-rest.sql'),
  referenceSchema: read('../reference/schema.sql'),
  referenceFill: read('../reference/fill.sql'),
};

/** The same people in a database of Holdfast and in one of the reference, made for this run. */
export interface Dataset {
  contacts: number;
  /** As the owner. */
  holdfastUrl: string;
  referenceUrl: string;
  drop(): Promise<void>;
}

/** Makes both databases, or takes those of an earlier run when migrations and rows are still the same, and copies them for this run. */
export async function ensureDataset(cluster: Cluster, contacts: number, say: (line: string) => void): Promise<Dataset> {
  const holdfast = await copyOf(cluster, await ensureHoldfast(cluster, contacts, say));
  const reference = await copyOf(cluster, await ensureReference(cluster, contacts, say));
  return {
    contacts,
    holdfastUrl: cluster.urlOf(holdfast),
    referenceUrl: cluster.urlOf(reference),
    drop: async () => {
      await cluster.drop(holdfast);
      await cluster.drop(reference);
    },
  };
}

async function ensureHoldfast(cluster: Cluster, contacts: number, say: (line: string) => void): Promise<string> {
  const name = `holdfast_${contacts}`;
  const url = cluster.urlOf(name);
  const migrations = readMigrations().map((migration) => migration.checksum);
  const sources = [...migrations, files.rows, files.holdfast, files.holdfastContacts, files.holdfastRest];
  await ensure(cluster, name, sources, async () => {
    say(`Filling Holdfast with ${contacts} contacts …`);
    await prepareHoldfast(cluster, url);
    for (let i = 0; i <= small_tenants; i++) await createTenant(url, { name: `bench-${i}`, title: `Bench ${i}` });
    await withClient(url, (client) => fillHoldfast(client, contacts));
  });
  return name;
}

async function ensureReference(cluster: Cluster, contacts: number, say: (line: string) => void): Promise<string> {
  const name = `reference_${contacts}`;
  await ensure(cluster, name, [files.rows, files.referenceSchema, files.referenceFill], async () => {
    say(`Filling the reference with ${contacts} contacts …`);
    await withClient(cluster.urlOf(name), (client) => fillReference(client, contacts));
  });
  return name;
}

/** What a run changes, the next one must not find. */
async function copyOf(cluster: Cluster, name: string): Promise<string> {
  const copy = `${name}_run`;
  await cluster.drop(copy);
  await cluster.create(copy, name);
  return copy;
}

/** A database carries the hash of what it was made from as its comment, written last. */
async function ensure(cluster: Cluster, database: string, sources: string[], fill: () => Promise<void>): Promise<void> {
  const wanted = createHash('sha256').update(sources.join('\n')).digest('hex');
  const found = await withClient(cluster.urlOf('postgres'), async (client) => {
    const { rows } = await client.query(
      "select shobj_description(oid, 'pg_database') as made_from from pg_database where datname = $1",
      [database],
    );
    return rows[0]?.made_from as string | undefined;
  });
  if (found === wanted) return;
  await cluster.drop(database);
  await cluster.create(database);
  await fill();
  await withClient(cluster.urlOf(database), async (client) => {
    await client.query('vacuum analyze');
    await client.query('checkpoint');
    await client.query(`comment on database ${client.escapeIdentifier(database)} is '${wanted}'`);
  });
}

async function fillHoldfast(client: pg.Client, contacts: number): Promise<void> {
  await client.query(files.rows);
  await client.query(withNumbers(files.holdfast, { contacts }));
  // Plans of triggers and foreign keys made for empty tables would last for the whole load.
  await client.query('analyze');
  for (let first = 0; first < contacts; first += batch_contacts) {
    const last = Math.min(first + batch_contacts, contacts) - 1;
    await client.query(withNumbers(files.holdfastContacts, { contacts, first, last }));
  }
  await client.query('analyze');
  await client.query(withNumbers(files.holdfastRest, { contacts }));
  // A workspace at rest: the background has nothing left to score or to tell.
  await client.query('truncate score_due, suspect_due, notice_due');
}

async function fillReference(client: pg.Client, contacts: number): Promise<void> {
  await client.query(files.rows);
  await client.query(files.referenceSchema);
  await client.query(withNumbers(files.referenceFill, { contacts }));
}

/** Scripts of several statements take no parameters, so their numbers are put in. */
function withNumbers(script: string, numbers: { contacts: number; first?: number; last?: number }): string {
  const all: Record<string, number> = { ...numbers, companies: numbers.contacts / contacts_per_company };
  return script.replace(/\$([a-z]+)\b/g, (_, name: string) => String(all[name]));
}
