import type pg from 'pg';
import { createSignInLink } from '../../src/kernel/identity/index.ts';
import { systemActor, withContext } from '../../src/kernel/tenancy/context.ts';
import type { SharedTestApp, TestTenant } from '../harness/app.ts';
import { asTableOwner } from '../harness/identity.ts';
import { seedTenant } from '../isolation/seed.ts';
import { tenantTables } from '../isolation/tables.ts';
import type { Received } from './check.ts';

/** Tables behind the words of addresses and properties, where they are called otherwise. */
const tables: Record<string, string> = {
  users: 'user_account',
  invitations: 'user_account',
  companies: 'company',
  'mailbox-aliases': 'mailbox_alias',
  activities: 'activity',
  duplicates: 'duplicate_suspect',
  owner: 'user_account',
  user: 'user_account',
  assignee: 'user_account',
  author: 'user_account',
  manager: 'user_account',
  recipient: 'user_account',
  actor: 'user_account',
  member: 'user_account',
  parent: 'company',
  record: 'contact',
  merge: 'contact',
  provider: 'sign_in_provider',
  reason: 'close_reason',
};

const tableOf = (word: string): string => tables[word] ?? word.replace(/s$/, '').replaceAll('-', '_');

/** `owner_id`, `tag_ids`, and `id` of `/api/v1/contacts/{id}`. */
export const tableOfProperty = (property: string, path: string): string =>
  property === 'id' || property === 'ids' ? tableOf(path.split('/')[3] ?? '') : tableOf(property.replace(/_ids?$/, ''));

const request_ms_max = 20_000;
const ids_per_table_max = 40;

/** A tenant, its administrator with a session, and the ids it has by table. */
export class Caller {
  readonly word: string;
  readonly tenant: TestTenant;
  readonly ids = new Map<string, string[]>();
  /** Every id that only this tenant has. */
  readonly known = new Set<string>();
  /** Ids that it sent: what it wrote itself, such as into a filter that is kept, it may read again. */
  readonly said = new Set<string>();
  private readonly app: SharedTestApp;
  private cookie = '';
  private user_id = '';

  constructor(app: SharedTestApp, tenant: TestTenant, word: string) {
    this.app = app;
    this.tenant = tenant;
    this.word = word;
  }

  async start(owner: pg.Client): Promise<void> {
    this.user_id = (await this.tenant.as('admin')).user_id;
    await seedTenant(owner, this.tenant.tenant_id, this.word);
    // What has no bytes in the store, or holds what no upload leaves; the requests make their own.
    await owner.query('delete from import where tenant_id = $1', [this.tenant.tenant_id]);
    await owner.query('delete from attachment where tenant_id = $1', [this.tenant.tenant_id]);
    // Documents are kept for years, so nobody may delete them but whoever owns their tables.
    for (const table of ['document_version', 'document'])
      await asTableOwner(
        this.app,
        table,
        `alter table ${table} disable trigger user; delete from ${table} where tenant_id = '${this.tenant.tenant_id}';
         alter table ${table} enable trigger user`,
      );
    await owner.query('delete from file where tenant_id = $1', [this.tenant.tenant_id]);
    for (const { name } of await tenantTables(owner)) {
      const { rows } = await owner.query(`select to_jsonb(t) ->> 'id' as id from ${name} t where tenant_id = $1`, [
        this.tenant.tenant_id,
      ]);
      for (const { id } of rows) if (id) this.learn(name, id);
    }
    this.known.add(this.tenant.tenant_id);
    // Whoever takes away its own access would have nothing left to try.
    const { key, api } = await this.tenant.as('admin');
    // The seed's secret opens with no key; this one is sealed as the product seals it.
    const put = await api('PUT', '/api/v1/google-client', {
      client_id: 'fuzz.apps.googleusercontent.com',
      client_secret: 'secret',
      is_testing: false,
    });
    if (put.status !== 200) throw new Error(`No client of Google: ${put.status} ${JSON.stringify(put.body)}`);
    const own = await owner.query(
      `select id from role where tenant_id = $1 and key = 'admin' union select id from api_key where tenant_id = $1 and prefix = $2`,
      [this.tenant.tenant_id, key.split('_')[1]],
    );
    for (const id of [this.user_id, ...own.rows.map((row) => row.id as string)])
      for (const list of this.ids.values()) if (list.includes(id)) list.splice(list.indexOf(id), 1);
    await this.signIn();
  }

  async signIn(): Promise<void> {
    const token = await withContext(this.app.app.services.db, systemActor(this.tenant.tenant_id), (ctx) =>
      createSignInLink(ctx, this.user_id),
    );
    const answer = await this.app.client()('POST', '/api/v1/sign-in/link', { token });
    const [cookie] = answer.headers.getSetCookie();
    if (cookie === undefined)
      throw new Error(`No session by the link: ${answer.status} ${JSON.stringify(answer.body)}`);
    this.cookie = cookie.split(';')[0]!;
  }

  learn(table: string, id: string): void {
    if (!/^[0-9a-f]{8}-/.test(id) || id.startsWith('00000000')) return;
    const list = this.ids.get(table) ?? [];
    if (list.length < ids_per_table_max && id !== this.user_id) list.push(id);
    this.ids.set(table, list);
    this.known.add(id);
  }

  /** Takes the ids of what was listed or created. */
  learnFrom(path: string, text: string): void {
    const table = tableOf(path.split('/')[3] ?? '');
    const body = JSON.parse(text);
    for (const row of Array.isArray(body?.data) ? body.data : [body])
      if (typeof row?.id === 'string') this.learn(table, row.id);
  }

  async send(
    method: string,
    url: string,
    headers: Record<string, string>,
    body: RequestInit['body'],
  ): Promise<Received> {
    const response = await fetch(this.app.url + url, {
      method,
      redirect: 'manual',
      headers: { cookie: this.cookie, 'sec-fetch-site': 'same-origin', ...headers },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(request_ms_max),
    });
    if (response.headers.get('content-type') === 'text/event-stream') {
      await response.body?.cancel();
      return { status: response.status, headers: response.headers, text: '' };
    }
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
}
