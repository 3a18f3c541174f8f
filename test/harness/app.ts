import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/kernel/config/config.ts';
import {
  createApiKey,
  createSignInLink,
  createTenant,
  createUser,
  roleIdsOf,
} from '../../src/kernel/identity/index.ts';
import { readMasterKeys } from '../../src/kernel/installation.ts';
import { systemActor, withContext } from '../../src/kernel/tenancy/context.ts';
import { parseMasterKeys } from '../../src/kernel/vault/master-key.ts';
import { atEndOfBundle } from './bundle.ts';
import { createTestDatabase, type TestDatabase, testKey } from './cluster.ts';

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

export type Client = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

export interface TestTenant {
  tenant_id: string;
  /**
   * Of the addresses of people who sign in: each workspace of a shared program has its own, so that nobody has to
   * choose one.
   */
  mail_domain: string;
  /** A user with this preset role, and a client with an API key of that user; created once per role and name. */
  as(role: string, name?: string): Promise<{ user_id: string; api: Client; key: string }>;
  /** A client with a session of that user, as a page has it. */
  signedIn(role: string, name?: string): Promise<Client>;
}

/** The program, with a database of its own. */
export interface TestApp {
  app: App;
  database: TestDatabase;
  url: string;
  /** Starts the program a second time, on the same database. */
  secondNode(settings?: Record<string, string>, databaseUrl?: string): Promise<App>;
  tenant(name?: string): Promise<TestTenant>;
  /** A client with any bearer token, or none. */
  client(key?: string): Client;
  stop(): Promise<void>;
}

/** For tests that ask more in a minute than people do. */
export const unlimited = { RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000', RATE_LIMIT_CALLER_PER_MINUTE: '1000000' };

/** A `TestApp` that others use too: nothing of it may be stopped or changed but what belongs to one's own tenants. */
export type SharedTestApp = Omit<TestApp, 'stop' | 'secondNode'>;

let shared: Promise<TestApp> | undefined;

/**
 * The program that the files of a bundle share, which ends with the bundle: for tests that change nothing beyond their
 * own tenants. Starting it and filling the caches of its connections takes more than most files take for their tests.
 */
export function sharedTestApp(): Promise<SharedTestApp> {
  if (!shared) {
    shared = start(unlimited, (tenant) => `${tenant}.example`);
    const ending = shared;
    atEndOfBundle(async () => (await ending).stop());
  }
  return shared;
}

/** Starts the whole program on a new database and a free port. A response that breaks its contract becomes a 500. */
export const startTestApp = (settings: Record<string, string> = {}): Promise<TestApp> =>
  start(settings, () => 'people.example');

async function start(settings: Record<string, string>, mailDomain: (tenant: string) => string): Promise<TestApp> {
  const database = await createTestDatabase();
  const data = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  const startNode = async (more: Record<string, string> = {}, databaseUrl = database.appUrl) => {
    const env = {
      PORT: '0',
      HOLDFAST_DATA: data,
      LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
      ...settings,
      ...more,
    };
    const reread = () => loadConfig([], env);
    const config = reread();
    const own = config.HOLDFAST_KEY
      ? { masterKeys: await readMasterKeys(config), reread }
      : { masterKeys: parseMasterKeys(testKey()) };
    return startApp({ config, databaseUrl, ...own, surroundings: { args: [], env }, checkAnswers: true });
  };
  const app = await startNode();
  const others: App[] = [];
  const url = app.address!;
  const names = new Set<string>();
  return {
    app,
    database,
    url,
    secondNode: async (more, databaseUrl) => {
      const node = await startNode(more, databaseUrl);
      others.push(node);
      return node;
    },
    tenant: (wanted) => {
      // Another file of the bundle may have one of this name.
      const name = wanted !== undefined && !names.has(wanted) ? wanted : `${wanted ?? 'tenant'}-${names.size + 1}`;
      names.add(name);
      return makeTenant(app, database, { url, name, mail_domain: mailDomain(name) });
    },
    client: (key) => client(url, key),
    stop: async () => {
      for (const node of [...others, app]) await node.stop();
      await database.drop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function makeTenant(
  app: App,
  database: TestDatabase,
  { url, name, mail_domain }: { url: string; name: string; mail_domain: string },
): Promise<TestTenant> {
  const { tenant_id } = await createTenant(database.ownerUrl, { name, title: name });
  const known = new Map<string, { user_id: string; api: Client; key: string }>();
  const tenant: TestTenant = {
    tenant_id,
    mail_domain,
    signedIn: async (role, person = role) => {
      const { user_id } = await tenant.as(role, person);
      const token = await withContext(app.services.db, systemActor(tenant_id), (ctx) => createSignInLink(ctx, user_id));
      const signIn = await client(url)('POST', '/api/v1/sign-in/link', { token });
      const cookie = signIn.headers.getSetCookie()[0]!.split(';')[0]!;
      const page = client(url);
      return (method, path, body, headers) =>
        page(method, path, body, { cookie, 'sec-fetch-site': 'same-origin', ...headers });
    },
    as: async (role, person = role) => {
      const found = known.get(person);
      if (found) return found;
      const { db } = app.services;
      const { user_id } = await withContext(db, systemActor(tenant_id), (ctx) =>
        createUser(ctx, { email: `${person}@${name}.example`, name: person, roleKeys: [role] }),
      );
      const { key } = await withContext(db, { ...systemActor(tenant_id), user_id }, async (ctx) => {
        const [role_id] = await roleIdsOf(ctx, [role]);
        return createApiKey(ctx, { name: person, role_id: role_id! });
      });
      const made = { user_id, key };
      const entry = { ...made, api: client(url, made.key) };
      known.set(person, entry);
      return entry;
    },
  };
  return tenant;
}

/** A client for JSON. A body that is a string, bytes or a form is sent unchanged. */
export function client(url: string, key?: string): Client {
  return async (method, path, body, headers = {}) => {
    const raw =
      typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData || body === undefined;
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(key && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && !(body instanceof FormData) && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: raw ? (body as string | Uint8Array<ArrayBuffer> | FormData | undefined) : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
}

export { eventually } from './eventually.ts';
