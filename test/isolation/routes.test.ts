import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { presetRoles, rightNames, scopeOf } from '../../src/kernel/access/rights.ts';
import type { Route } from '../../src/kernel/http/route.ts';
import { recordTypes } from '../../src/modules/index.ts';
import { type Client, startTestApp, type TestApp, type TestTenant } from '../harness/app.ts';
import { sampleOf } from './sample.ts';
import { seedTenant } from './seed.ts';
import { tenantTables } from './tables.ts';

let app: TestApp;
let owner: pg.Client;
let routes: Route[];
let own: TestTenant;
let other: TestTenant;
let ownIds: Record<string, string>;
let otherIds: Record<string, string>;
/** Every id of the other tenant, in any table. */
let foreign: Set<string>;

before(async () => {
  // Without a worker, which would take what is due off its lists.
  app = await startTestApp({
    HOLDFAST_ROLE: 'web',
    // Every route is called for every role within seconds.
    RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
    RATE_LIMIT_CALLER_PER_MINUTE: '1000000',
  });
  owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  own = await app.tenant('own');
  other = await app.tenant('other');
  await owner.query('set role holdfast_system');
  ownIds = await seedTenant(owner, own.tenant_id, 'own');
  otherIds = await seedTenant(owner, other.tenant_id, 'other');
  routes = app.app.routes;
  foreign = await idsOf(other.tenant_id);
});
after(async () => {
  await owner.end();
  await app.stop();
});

/** Tables behind the nouns of addresses, where they are called otherwise. */
const tables: Record<string, string> = {
  users: 'user_account',
  invitations: 'user_account',
  passkeys: 'passkey',
  identities: 'sign_in_provider',
  duplicates: 'duplicate_suspect',
  threads: 'mail_thread',
  'mailbox-aliases': 'mailbox_alias',
  'calendar-sources': 'meeting_calendar',
};
const tableOf = (path: string) => {
  const noun = path.split('/')[3]!;
  const declared = recordTypes.find(({ resource }) => resource.plural === noun);
  return declared?.resource.table ?? tables[noun] ?? noun.replace(/s$/, '').replace(/-/g, '_');
};

test('on every route another tenant’s id answers as one that does not exist', async () => {
  const api = await own.signedIn('admin');
  const before = await fingerprint(other.tenant_id);
  const wrong: string[] = [];
  for (const route of routes.filter(takesId)) {
    const id = otherIds[tableOf(route.path)];
    assert.ok(id, `${route.path}: seed.ts makes no ${tableOf(route.path)}`);
    const theirs = await call(api, route, id);
    const nobodys = await call(api, route, crypto.randomUUID());
    if (theirs.status !== 404 || nobodys.status !== 404 || theirs.text !== nobodys.text) {
      wrong.push(`${route.method} ${route.path}: ${theirs.status} ${theirs.text} / ${nobodys.status} ${nobodys.text}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(await fingerprint(other.tenant_id), before, 'nothing of the other tenant changed');
});

test('nothing that can be read holds anything of another tenant', async () => {
  const { api } = await own.as('admin');
  const leaks: string[] = [];
  let answered = 0;
  for (const route of routes.filter((r) => r.method === 'GET' && r.access !== 'public' && !isStream(r))) {
    const answer = await call(api, route, ownIds[tableOf(route.path)] ?? crypto.randomUUID(), '?q=other&limit=200');
    if (answer.status === 200) answered++;
    const leaked = [...answer.raw.matchAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g)].filter(([id]) =>
      foreign.has(id),
    );
    if (leaked.length > 0) leaks.push(`${route.path}: ${leaked[0]}`);
  }
  assert.deepEqual(leaks, []);
  assert.ok(answered >= 20, `only ${answered} routes answered`);
});

test('a record cannot be made to refer to another tenant’s', async () => {
  const { api } = await own.as('admin');
  const body = {
    given_name: 'Spy',
    company_id: otherIds.company,
    owner_id: otherIds.user_account,
    tags: [otherIds.tag],
  };
  const answer = await api('POST', '/api/v1/contacts', body);
  assert.equal(answer.status, 422);
  assert.deepEqual(answer.body.errors.map((e: { field: string }) => e.field).sort(), [
    'company_id',
    'owner_id',
    'tags',
  ]);
});

test('each role may call what the table of rights says, and nobody without signing in', async () => {
  const wrong: string[] = [];
  const guarded = routes.filter((r) => r.access !== 'public' && !isStream(r));
  for (const route of guarded) {
    const { status } = await call(app.client(), route, crypto.randomUUID());
    if (status !== 401) wrong.push(`nobody: ${route.method} ${route.path} answered ${status}`);
  }
  for (const role of presetRoles()) {
    const { api } = await own.as(role.key);
    for (const route of guarded) {
      const { status } = await call(api, route, crypto.randomUUID());
      // What is a person's own asks for no right; some of it takes a session and no key.
      const personal = route.access === 'signed_in' && status === 403;
      const fits = isAllowed(role.key, route)
        ? (status !== 401 && status !== 403 && status < 500) || personal
        : status === 403;
      if (!fits) wrong.push(`${role.key}: ${route.method} ${route.path} answered ${status}`);
    }
  }
  assert.deepEqual(wrong, []);
});

/** Rights that widen what a route shows instead of opening it: everybody sees the jobs they caused. */
const askedInQueries = ['job'];

test('every right is asked for by some route', () => {
  const asked = new Set(routes.flatMap((r) => (typeof r.access === 'object' ? [r.access.resource] : [])));
  assert.deepEqual(
    rightNames().filter((name) => !asked.has(name)),
    askedInQueries,
  );
});

const isStream = (route: Route) => route.path.endsWith('/events');
/** The name of a noun is nobody's, and operators look after all workspaces. */
const takesId = ({ path, access }: Route) =>
  path.replace('{resource}', '').includes('{') && access !== 'public' && access !== 'operator';

function isAllowed(role: string, { access, path }: Route): boolean {
  if (typeof access === 'string') return access !== 'operator';
  // Whoever may export gets what they may read.
  const exported = path && recordTypes.find(({ resource }) => path.startsWith(`/api/v1/${resource.plural}/export.`));
  if (
    exported &&
    !isAllowed(role, { access: { resource: exported.resource.right, action: 'read' }, path: '' } as Route)
  )
    return false;
  const { rights } = presetRoles().find((r) => r.key === role)!;
  if (path.endsWith('/reveal') && scopeOf(rights, 'reveal', 'read') === 'none') return false;
  return scopeOf(rights, access.resource, access.action) !== 'none';
}

async function call(api: Client, route: Route, id: string, query = '') {
  const accepted = query && route.query ? queryFor(route, query) : '';
  const path = route.path.replace(/\{\w+\}/g, id) + accepted;
  const answer = await api(route.method, path, route.body ? sampleOf(route.body) : undefined);
  const raw = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  const text = answer.status === 404 ? `${answer.body.code} ${answer.body.detail}` : raw.slice(0, 300);
  return { status: answer.status, text, raw };
}

/** The wished parameters, of those that the route knows. */
function queryFor(route: Route, query: string): string {
  const known = Object.keys((route.query as { shape?: object }).shape ?? {});
  const kept = [...new URLSearchParams(query)].filter(([name]) => known.includes(name));
  return `?${new URLSearchParams(kept)}`;
}

async function idsOf(tenant_id: string): Promise<Set<string>> {
  const ids = new Set([tenant_id]);
  for (const { name } of await tenantTables(owner)) {
    const { rows } = await owner.query(`select to_jsonb(t) ->> 'id' as id from ${name} t where tenant_id = $1`, [
      tenant_id,
    ]);
    for (const { id } of rows) if (id) ids.add(id);
  }
  return ids;
}

/** A hash of each table's rows of a tenant. */
async function fingerprint(tenant_id: string): Promise<Record<string, string>> {
  const prints: Record<string, string> = {};
  for (const { name } of await tenantTables(owner)) {
    const { rows } = await owner.query(
      `select md5(string_agg(t::text, '|' order by t::text)) as print from ${name} t where tenant_id = $1`,
      [tenant_id],
    );
    prints[name] = rows[0].print;
  }
  return prints;
}
