import assert from 'node:assert/strict';
import pg from 'pg';
import { sql } from '../../src/kernel/database/database.ts';
import { createUser } from '../../src/kernel/identity/index.ts';
import { systemActor, withContext } from '../../src/kernel/tenancy/context.ts';
import type { Answer, SharedTestApp, TestTenant } from './app.ts';
import { eventually } from './eventually.ts';

/** A minimal browser for signing in: it keeps cookies, sends its origin, and follows no redirect. */
export interface Browser {
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The session cookie; undefined when signed out. */
  cookie(): string | undefined;
  setCookie(value: string): void;
}

export const userAgent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';

const session_cookie = '__Host-holdfast';

export function openBrowser(url: string): Browser {
  const jar = new Map<string, string>();
  return {
    async send(method, path, body, headers = {}) {
      const response = await fetch(new URL(path, url), {
        method,
        redirect: 'manual',
        headers: sent({
          'user-agent': userAgent,
          'sec-fetch-site': 'same-origin',
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
          'content-type': body === undefined ? '' : 'application/json',
          ...headers,
        }),
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      for (const line of response.headers.getSetCookie()) keep(jar, line);
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json');
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    },
    cookie: () => jar.get(session_cookie),
    setCookie: (value) => void jar.set(session_cookie, value),
  };
}

/** An empty header is not sent. */
function sent(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(/; */);
  const [name = '', value = ''] = pair.split('=');
  assert.ok(
    name.startsWith('__Host-') && attributes.includes('Secure') && attributes.includes('Path=/'),
    `a cookie without its prefix or attributes: ${line}`,
  );
  if (attributes.includes('Max-Age=0') || value === '') jar.delete(name);
  else jar.set(name, value);
}

export const goodPassword = 'seven green bicycles';

interface Person {
  user_id: string;
  email: string;
}

/** A user with a password. */
export async function makePerson(
  { app }: SharedTestApp,
  { tenant_id, mail_domain }: TestTenant,
  name: string,
  role: string | null = 'member',
): Promise<Person> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@${mail_domain}`;
  const { user_id } = await withContext(app.services.db, systemActor(tenant_id), (ctx) =>
    createUser(ctx, { email, name, roleKeys: role === null ? [] : [role], password: goodPassword }),
  );
  return { user_id, email };
}

/** A browser in which this person is signed in. */
export async function signedIn({ url }: SharedTestApp, { email }: Person, password = goodPassword): Promise<Browser> {
  const browser = openBrowser(url);
  const answer = await browser.send('POST', '/api/v1/sign-in', { email, password });
  assert.equal(answer.body.outcome, 'signed_in', JSON.stringify(answer.body));
  return browser;
}

interface AuditEvent {
  action: string;
  resource: string;
  record_id: string | null;
  actor_id: string | null;
  before: unknown;
  after: unknown;
  ip: string | null;
}

/** The audit events of a workspace, oldest first. */
export function auditOf({ app }: SharedTestApp, { tenant_id }: TestTenant): Promise<AuditEvent[]> {
  return withContext(app.services.db, systemActor(tenant_id), (ctx) =>
    ctx.tx.many(sql`select action, resource, record_id, actor_id, before, after, host(ip) as ip from recorded_change
      where tenant_id = ${tenant_id} order by seq`),
  );
}

/** A connection without row-level security, to be closed by the caller. */
export async function systemClient({ database }: SharedTestApp): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query('set role holdfast_system');
  return client;
}

/** How many statements wait for the locks of others. */
export async function countBlocked(client: pg.Client): Promise<number> {
  const blocked =
    'select from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0';
  return (await client.query(blocked)).rowCount ?? 0;
}

/**
 * Sends a request while somebody else makes a change, which is committed once the request waits for it, or is answered.
 */
export async function whileChanging(
  app: SharedTestApp,
  change: string,
  values: unknown[],
  request: () => Promise<Answer>,
): Promise<Answer> {
  const other = await systemClient(app);
  try {
    await other.query('begin');
    await other.query(change, values);
    let isAnswered = false;
    const answer = request().finally(() => {
      isAnswered = true;
    });
    await eventually(async () => isAnswered || (await countBlocked(other)) > 0);
    await other.query('commit');
    return await answer;
  } finally {
    await other.end();
  }
}

/** Runs SQL without row-level security, such as to make something old. */
export async function asOwner(app: SharedTestApp, text: string, values: unknown[] = []): Promise<unknown[]> {
  const client = await systemClient(app);
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Runs a statement as the owner of a table, past its policies and grants. */
export async function asTableOwner(
  app: SharedTestApp,
  table: string,
  text: string,
  values: unknown[] = [],
): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  try {
    await client.query(`begin; alter table ${table} no force row level security`);
    const { rows } = await client.query(text, values);
    await client.query(`alter table ${table} force row level security; commit`);
    return rows;
  } finally {
    await client.end();
  }
}

/**
 * Makes somebody an operator of the installation, as somebody who signs in with a second factor, which operators need:
 * their sessions until now are such. Returns the id of one more session.
 */
export async function makeOperator(
  app: SharedTestApp,
  { tenant_id, user_id }: { tenant_id: string; user_id: string },
): Promise<string> {
  await asOwner(app, `insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    tenant_id,
    user_id,
  ]);
  const [made] = await asOwner(
    app,
    `insert into session (tenant_id, user_id, hash, method, expires_at)
     values ($1, $2, sha256(gen_random_uuid()::text::bytea), 'second_factor', now() + interval '1 hour') returning id`,
    [tenant_id, user_id],
  );
  await asOwner(app, 'update session set second_factor = true where tenant_id = $1 and user_id = $2', [
    tenant_id,
    user_id,
  ]);
  return (made as { id: string }).id;
}
