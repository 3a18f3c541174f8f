import { Database, sql } from '../src/kernel/database/database.ts';
import { createApiKey, roleIdsOf } from '../src/kernel/identity/index.ts';
import { setCursorKeys } from '../src/kernel/resource/cursor.ts';
import { type Actor, systemActor, withContext } from '../src/kernel/tenancy/context.ts';
import { createKeyRing } from '../src/kernel/vault/seal.ts';
import { type Cluster, prepareHoldfast, withClient } from './cluster.ts';
import { connections } from './compare.ts';
import type { Dataset } from './dataset/dataset.ts';
import { importEverything } from './dataset/fresh.ts';
import type { Figure } from './figure.ts';
import type { ImportTiming } from './import.ts';
import type { Target } from './load.ts';
import { MemoryWatch } from './memory.ts';
import { signIn } from './people.ts';
import { type Server, startHoldfast, startReference } from './servers.ts';

/** How long to measure; the smoke run measures briefly, since it checks no times. */
export interface Effort {
  rounds: number;
  timesPerRound: number;
  secondsPerRound: number;
}

/** One benchmark. */
export interface Case {
  id: string;
  /** The sizes of data at which it runs. */
  sizes: 'all' | 'largest' | 'smallest';
  /** `both`: also runs on a fresh installation, not only on analysed data. */
  states?: 'both';
  /** Left out of the smoke run, because tests do all that it does. */
  smoke?: false;
  measure(bench: Bench): Promise<Figure[]>;
  /** Throws when a statement of the case does not use its indexes. */
  checkPlans?(bench: Bench): Promise<void>;
}

/** Ids to request, spread over the large tenant. */
export interface Samples {
  owners: string[];
  contacts: string[];
  /** Contacts whose timeline fills a page. */
  busyContacts: string[];
  companies: string[];
}

/** Passed to the cases: both servers, on the same data. */
export interface Bench {
  effort: Effort;
  smoke: boolean;
  /** How many messages R24 imports. */
  mails: number;
  cluster: Cluster;
  dataset: Dataset;
  /** The timing of the import that filled the installation, if it was filled by one. */
  firstImport: ImportTiming | undefined;
  samples: Samples;
  holdfastServer: Server;
  /** The memory of Holdfast's processes. */
  memory: MemoryWatch;
  /** The peak of memory during each case, in MB. */
  peaks: Map<string, number>;
  /** Holdfast as called by an administrator of the large tenant. */
  holdfast: Target;
  /** As an adviser, who reaches only their own records. */
  holdfastAsAdviser: Target;
  /** As sixteen people with a session each: one for each connection. */
  holdfastAsPeople: Target;
  /** As sixteen advisers. */
  holdfastAsAdvisers: Target;
  reference: Target;
  /** The address with the application's role. */
  databaseUrl: string;
  db: Database;
  admin: Actor;
  adviser: Actor;
  say: (line: string) => void;
  stop(): Promise<void>;
}

export type BenchOptions = Pick<Bench, 'effort' | 'smoke' | 'mails' | 'cluster' | 'dataset' | 'say'>;

const sampled_rows = 1000;

export async function startBench(options: BenchOptions): Promise<Bench> {
  const { cluster, dataset } = options;
  const { databaseUrl, masterKeys } = await prepareHoldfast(cluster, dataset.holdfastUrl);
  setCursorKeys(createKeyRing(masterKeys, 'list cursors'));
  const db = new Database({
    url: databaseUrl,
    connectionsMax: 4,
    statementTimeoutMs: 0,
    applicationName: 'holdfast-bench',
  });
  const tenant_id = await tenantNamed(dataset.holdfastUrl, 'bench-0');
  const admin = await callerOf(db, tenant_id, 'admin');
  const adviser = await callerOf(db, tenant_id, 'advisor');
  const holdfastServer = await startHoldfast(cluster, dataset.holdfastUrl, { role: 'all' });
  const referenceServer = await startReference(cluster, dataset.referenceUrl);
  const memory = new MemoryWatch(holdfastServer.pid);
  const as = (key: string): Target => ({ url: holdfastServer.url, headers: { authorization: `Bearer ${key}` } });
  const firstImport = dataset.state === 'fresh' ? await importInto(options, db, as) : undefined;
  const people = async (role: string): Promise<Target> => ({
    url: holdfastServer.url,
    headers: {},
    callers: await signIn(dataset.holdfastUrl, tenant_id, { role, people: connections }),
  });
  return {
    ...options,
    firstImport,
    samples: await readSamples(dataset, tenant_id),
    holdfastServer,
    memory,
    peaks: new Map(),
    holdfast: as(admin.key),
    holdfastAsAdviser: as(adviser.key),
    holdfastAsPeople: await people('member'),
    holdfastAsAdvisers: await people('advisor'),
    reference: { url: referenceServer.url, headers: {} },
    databaseUrl,
    db,
    admin: admin.actor,
    adviser: adviser.actor,
    stop: async () => {
      memory.stop();
      await holdfastServer.stop();
      await referenceServer.stop();
      await db.close();
    },
  };
}

/** Fills a fresh installation as its first users do. */
async function importInto({ cluster, dataset, say }: BenchOptions, db: Database, as: (key: string) => Target) {
  const importers: Target[] = [];
  for (const name of ['bench-0', 'bench-1'])
    importers.push(as((await callerOf(db, await tenantNamed(dataset.holdfastUrl, name), 'member')).key));
  return importEverything(cluster, dataset, importers, say);
}

export function tenantNamed(holdfastUrl: string, name: string): Promise<string> {
  return withClient(holdfastUrl, async (client) => {
    const { rows } = await client.query('select id from tenant where name = $1', [name]);
    return rows[0].id as string;
  });
}

/** The first user with this role and a new key of that user. */
export async function callerOf(db: Database, tenant_id: string, role: string): Promise<{ key: string; actor: Actor }> {
  const { user_id, rights } = await withContext(db, systemActor(tenant_id), (ctx) =>
    ctx.tx.one<{ user_id: string; rights: Actor['rights'] }>(sql`select ur.user_id, r.rights from user_role ur
      join role r on r.tenant_id = ur.tenant_id and r.id = ur.role_id where ur.tenant_id = ${tenant_id} and r.key = ${role}
      order by ur.user_id limit 1`),
  );
  return withContext(db, { ...systemActor(tenant_id), user_id }, async (ctx) => {
    const [role_id] = await roleIdsOf(ctx, [role]);
    const { id, key } = await createApiKey(ctx, { name: 'Benchmark', role_id: role_id! });
    return { key, actor: { kind: 'api_key', tenant_id, user_id, credential_id: id, rights } };
  });
}

function readSamples({ holdfastUrl }: Dataset, tenant_id: string): Promise<Samples> {
  return withClient(holdfastUrl, async (client) => {
    const ids = async (select: string) => {
      const { rows } = await client.query(select, [tenant_id]);
      return rows.map((row) => row.id as string);
    };
    // Spread over the whole table, because ids of one import are adjacent.
    const some = (select: string, count: number) =>
      ids(`select id from (select id, row_number() over (order by md5(id::text)) as n from (${select}) as all_ids) as shuffled
        where n <= ${count} order by n`);
    return {
      owners: await ids('select distinct owner_id as id from contact where tenant_id = $1 and owner_id is not null'),
      contacts: await some('select id from contact where tenant_id = $1', sampled_rows),
      busyContacts: await some(
        'select distinct records[1] as id from activity where tenant_id = $1',
        sampled_rows / 10,
      ),
      companies: await some('select id from company where tenant_id = $1', sampled_rows),
    };
  });
}

/** The nth sample, beginning again after the last. */
export function nth(samples: readonly string[], n: number): string {
  return samples[n % samples.length]!;
}
