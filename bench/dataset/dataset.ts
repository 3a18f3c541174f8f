import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { database as own_database } from '../../src/kernel/database/embedded/server.ts';
import { schemaChecksum } from '../../src/kernel/database/migrate.ts';
import { createTenant } from '../../src/kernel/identity/index.ts';
import { type Cluster, prepareHoldfast, withClient } from '../cluster.ts';

const batch_contacts = 50_000;

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');
const files = {
  rows: read('rows.sql'),
  rowsEqual: read('rows-equal.sql'),
  holdfast: read('holdfast.sql'),
  holdfastContacts: read('holdfast-contacts.sql'),
  holdfastRest: read('holdfast-rest.sql'),
  referenceSchema: read('../reference/schema.sql'),
  referenceFill: read('../reference/fill.sql'),
};

/** The number of rows, and their distribution over tenants. */
export interface Shape {
  contacts: number;
  companies: number;
  /** one-large: ten, one of which has 90 % of the rows; equal: a hundred. */
  tenants: 'one-large' | 'equal';
}

/** A company for twenty contacts, and one large tenant. */
export const usualShape = (contacts: number): Shape => ({ contacts, companies: contacts / 20, tenants: 'one-large' });

export const tenantCount = ({ tenants }: Shape): number => (tenants === 'equal' ? 100 : 10);

const nameOf = ({ contacts, companies, tenants }: Shape) => `${contacts}_${companies}_${tenants.replace('-', '_')}`;

/** The SQL that generates the rows of a shape. */
export const rowsOf = ({ tenants }: Shape): string => (tenants === 'equal' ? files.rows + files.rowsEqual : files.rows);

/** The same people in a database of Holdfast and in one of the reference, made for this run. */
export interface Dataset extends Shape {
  /** old: copied and analysed; fresh: imported in this run, without an ANALYZE but what the product does. */
  state: 'old' | 'fresh';
  /** As the owner. */
  holdfastUrl: string;
  referenceUrl: string;
  drop(): Promise<void>;
}

/**
 * Makes both databases, or reuses those of an earlier run when schema and rows are the same, and copies them for this
 * run.
 */
export async function ensureDataset(cluster: Cluster, shape: Shape, say: (line: string) => void): Promise<Dataset> {
  const holdfast = await copyOf(cluster, await ensureHoldfast(cluster, shape, say));
  const reference = await copyOf(cluster, await ensureReference(cluster, shape, say));
  return {
    ...shape,
    state: 'old',
    holdfastUrl: cluster.urlOf(holdfast),
    referenceUrl: cluster.urlOf(reference),
    drop: async () => {
      await cluster.drop(holdfast);
      await cluster.drop(reference);
    },
  };
}

/** Fills the database that an installation on the directory of the cluster has, unless it is filled already. */
export const ensureOwnDatabase = (cluster: Cluster, shape: Shape, say: (line: string) => void): Promise<string> =>
  ensureHoldfast(cluster, shape, say, own_database);

async function ensureHoldfast(
  cluster: Cluster,
  shape: Shape,
  say: (line: string) => void,
  name = `holdfast_${nameOf(shape)}`,
): Promise<string> {
  const url = cluster.urlOf(name);
  const sources = [schemaChecksum(), rowsOf(shape), files.holdfast, files.holdfastContacts, files.holdfastRest];
  await ensure(cluster, name, sources, async () => {
    say(`Filling Holdfast with ${describeShape(shape)} …`);
    await prepareHoldfast(cluster, url);
    await makeTenants(url, shape);
    await withClient(url, (client) => fillHoldfast(client, shape));
  });
  return name;
}

/** bench-0, bench-1 and so on. */
export async function makeTenants(holdfastUrl: string, shape: Shape): Promise<void> {
  for (let i = 0; i < tenantCount(shape); i++)
    await createTenant(holdfastUrl, { name: `bench-${i}`, title: `Bench ${i}` });
}

async function ensureReference(cluster: Cluster, shape: Shape, say: (line: string) => void): Promise<string> {
  const name = `reference_${nameOf(shape)}`;
  await ensure(cluster, name, [rowsOf(shape), files.referenceSchema, files.referenceFill], async () => {
    say(`Filling the reference with ${describeShape(shape)} …`);
    await withClient(cluster.urlOf(name), (client) => fillReference(client, shape));
  });
  return name;
}

export const describeShape = ({ contacts, companies, tenants }: Shape): string =>
  `${contacts.toLocaleString('en')} contacts, ${companies.toLocaleString('en')} companies, ${tenants === 'equal' ? 'a hundred equal tenants' : 'one tenant with 90 %'}`;

/** Each run works on a copy, so that the next one finds the original. */
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

async function fillHoldfast(client: pg.Client, shape: Shape): Promise<void> {
  const { contacts } = shape;
  await client.query(rowsOf(shape));
  await client.query(withNumbers(files.holdfast, shape));
  // Plans of triggers and foreign keys made for empty tables would last for the whole load.
  await client.query('analyze');
  for (let first = 0; first < contacts; first += batch_contacts) {
    const last = Math.min(first + batch_contacts, contacts) - 1;
    await client.query(withNumbers(files.holdfastContacts, { ...shape, first, last }));
  }
  await client.query('analyze');
  await client.query(withNumbers(files.holdfastRest, shape));
  // Moves the router to the end of the feed, so that the background has nothing to score or notify.
  await client.query('update feed_router set xid = pg_current_xact_id()');
}

async function fillReference(client: pg.Client, shape: Shape): Promise<void> {
  await client.query(rowsOf(shape));
  await client.query(files.referenceSchema);
  await client.query(withNumbers(files.referenceFill, shape));
}

/** Scripts of several statements take no parameters, so numbers are substituted into their text. */
export function withNumbers(script: string, numbers: Shape & { first?: number; last?: number }): string {
  return script.replace(/\$([a-z]+)\b/g, (_, name: string) =>
    String((numbers as unknown as Record<string, number>)[name]),
  );
}
