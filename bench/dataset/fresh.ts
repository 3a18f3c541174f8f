import { createWriteStream, openAsBlob, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { type Cluster, prepareHoldfast, withClient } from '../cluster.ts';
import { type ImportTiming, importFile } from '../import.ts';
import type { Target } from '../load.ts';
import { type Dataset, makeTenants, rowsOf, type Shape } from './dataset.ts';

/**
 * What somebody has on the first day: an empty installation that has never been analysed, filled by importing files,
 * while the server runs on. The reference gets the same rows, and statistics, as whoever writes it by hand would see
 * to.
 */
const usersScript = readFileSync(new URL('fresh-users.sql', import.meta.url), 'utf8');
const entriesScript = readFileSync(new URL('fresh-entries.sql', import.meta.url), 'utf8');
const referenceSchema = readFileSync(new URL('../reference/schema.sql', import.meta.url), 'utf8');

/** Tenants that have rows: those of the others would be as many small files. */
const filled_tenants = 2;

export async function emptyDataset(cluster: Cluster, shape: Shape): Promise<Dataset> {
  const [holdfast, reference] = ['holdfast_fresh', 'reference_fresh'];
  for (const name of [holdfast, reference]) {
    await cluster.drop(name);
    await cluster.create(name);
  }
  const holdfastUrl = cluster.urlOf(holdfast);
  await prepareHoldfast(cluster, holdfastUrl);
  await makeTenants(holdfastUrl, shape);
  await withClient(holdfastUrl, async (client) => {
    await client.query(rowsOf(shape));
    await client.query(usersScript);
  });
  return {
    ...shape,
    state: 'fresh',
    holdfastUrl,
    referenceUrl: cluster.urlOf(reference),
    drop: async () => {
      await cluster.drop(holdfast);
      await cluster.drop(reference);
    },
  };
}

/** Companies and contacts of a tenant as files somebody would bring along. */
async function writeFiles(
  cluster: Cluster,
  dataset: Dataset,
  tenant: number,
): Promise<{ companies: string; contacts: string; rows: number }> {
  const { contacts: count, companies } = dataset;
  const files = {
    companies: join(cluster.directory, 'companies.csv'),
    contacts: join(cluster.directory, 'contacts.csv'),
  };
  const selects = {
    companies: `select c.name as "Name", c.domain as "Domain", c.industry as "Industry", c.city as "City", u.email as "Owner"
      from bench.companies(${companies}) c join bench.owners u on u.id = c.owner_id where c.tenant = ${tenant}`,
    contacts: `select 'K' || c.i as "External id", c.given_name as "First name", c.family_name as "Last name", c.email as "E-mail",
      c.phone as "Phone",
      c.job_title as "Job title", f.name as "Company", u.email as "Owner", c.source as "Source", c.city as "City", c.country as "Country",
        c.points as "Points"
      from bench.contacts(0, ${count - 1}, ${companies}) c join bench.owners u on u.id = c.owner_id
      left join bench.companies(${companies}) f on f.id = c.company_id where c.tenant = ${tenant}`,
  };
  const lines = { companies: 0, contacts: 0 };
  await withClient(dataset.holdfastUrl, async (client) => {
    for (const kind of ['companies', 'contacts'] as const) {
      const copy = client.query(copyTo(`copy (${selects[kind]}) to stdout (format csv, header)`));
      await pipeline(copy, createWriteStream(files[kind]));
      lines[kind] = copy.rowCount!;
    }
  });
  return { ...files, rows: lines.contacts };
}

/** Imports the rows of the first tenants; returns how long the contacts of the first, the large one, took. */
export async function importEverything(
  cluster: Cluster,
  dataset: Dataset,
  callers: readonly Target[],
  say: (line: string) => void,
): Promise<ImportTiming> {
  const timings: ImportTiming[] = [];
  for (let tenant = 0; tenant < filled_tenants; tenant++) {
    const { companies, contacts, rows } = await writeFiles(cluster, dataset, tenant);
    say(`Importing ${rows} contacts into a fresh workspace …`);
    await importFile(callers[tenant]!, await openAsBlob(companies, { type: 'text/csv' }), 'companies.csv');
    timings.push(await importFile(callers[tenant]!, await openAsBlob(contacts, { type: 'text/csv' }), 'contacts.csv'));
    await Promise.all([rm(companies), rm(contacts)]);
  }
  await withClient(dataset.holdfastUrl, (client) => client.query(entriesScript));
  await fillReference(dataset);
  return timings[0]!;
}

const shared = {
  users: ['id, name, email', 'select id, name, email from user_account'],
  companies: [
    'id, name, domain, industry, city, owner_id, created_at, updated_at',
    'select id, name, domain, industry, city, owner_id, created_at, updated_at from company',
  ],
  contacts: [
    'id, given_name, family_name, email, phone, job_title, company_id, owner_id, source, city, country, points, created_at, updated_at',
    "select id, given_name, family_name, email, phone, job_title, company_id, owner_id, source, city, country, (custom->>'points')::int, created_at, updated_at from contact",
  ],
  activities: [
    'id, kind, subject, body, occurred_at, author_id, contact_id, created_at',
    'select id, kind, subject, body, occurred_at, author_id, records[1], created_at from activity',
  ],
  notes: [
    'id, body, author_id, contact_id, created_at',
    'select id, body, author_id, records[1], created_at from note',
  ],
} as const;

async function fillReference({ holdfastUrl, referenceUrl }: Dataset): Promise<void> {
  await withClient(referenceUrl, (target) =>
    withClient(holdfastUrl, async (source) => {
      await target.query(referenceSchema);
      for (const [table, [columns, select]] of Object.entries(shared))
        await pipeline(
          source.query(copyTo(`copy (${select}) to stdout`)),
          target.query(copyFrom(`copy ${table} (${columns}) from stdin`)),
        );
      await target.query('vacuum analyze');
    }),
  );
}
