import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { loadDemo } from '../../src/demo/index.ts';
import { createSignInLink } from '../../src/kernel/identity/index.ts';
import { systemActor, withContext } from '../../src/kernel/tenancy/context.ts';
import { type Client, eventually, type TestApp, type TestTenant } from '../harness/app.ts';
import { scoresAtRest } from '../harness/archive.ts';
import { type Browser, openBrowser } from '../harness/identity.ts';
import { importNow, type Upload, upload } from '../harness/import.ts';

/** Some people of firms that nobody knows, one with an address that is none. */
function people(name: string): Upload {
  const rows = Array.from({ length: 24 }, (_, i) => `Nadia ${i},Okafor,nadia${i}@${name}.example,Okafor Logistics`);
  const all = ['First name,Last name,E-mail,Company', ...rows, 'Søren,Åkesson,not an address,Nordlys ApS'];
  return [`${name}.csv`, all.join('\n')];
}

/** Firms with the mistakes that people make in a spreadsheet. */
function firms(): Upload {
  const countries = ['Germany', 'Germny', 'France', 'Spain', 'Norway', 'Italy'];
  const rows = Array.from({ length: 60 }, (_, i) => {
    const website = i % 7 === 3 ? 'ask Petra' : `https://firm${i}.example`;
    return `Fair ${i} GmbH,${website},${countries[i % 6]},${i % 11 === 5 ? 'about forty' : i},Trade fair,Hall ${i % 4}`;
  });
  return ['fair.csv', ['Company name,Website,Country,Number of employees,Industry,City', ...rows].join('\n')];
}

export interface Workspace {
  session: Browser;
  /** What stands for `$id` in an address, by its first part; and the tokens of links sent by mail. */
  ids: Record<string, string>;
}

export interface Workspaces {
  demo: Workspace;
  /** As it is on the first day. */
  empty: Workspace;
  /** Each noun that has a page of its own once, with nothing known of it. */
  bare: Workspace;
}

export async function makeWorkspaces(app: TestApp): Promise<Workspaces> {
  return {
    demo: await makeWorkspace(app, 'demo', async (tenant, api) => {
      await loadDemo(app.app.services.db, tenant.tenant_id);
      await scoresAtRest(app, tenant.tenant_id);
      const deal = (await read(api, `/deals?limit=1&sort=-amount&filter=${filter('status', 'open')}`)).data[0];
      await send(api, '/sign-in-providers', provider);
      const { id } = await send(api, '/contacts', { given_name: 'Deleted', family_name: 'By mistake' });
      await api('DELETE', `/api/v1/contacts/${id}`);
      for (const format of ['xlsx', 'vcf']) await exported(api, { resource: 'contact', format });
      return {
        deals: deal.id,
        companies: deal.company_id,
        contacts: deal.contact_id,
        imports: (await made(upload(api, [people('fair')]))).id,
        report: (await importNow(api, [people('partners')])).id,
        fixes: (await made(upload(api, [firms()]))).id,
        recognised: (await made(upload(api, [[hubspot, await readFile(new URL(hubspot, presets), 'utf8')]]))).id,
        invitation: await invite(api),
      };
    }),
    empty: await makeWorkspace(app, 'empty', async () => ({})),
    bare: await makeWorkspace(app, 'bare', async (_tenant, api) => ({
      contacts: (await send(api, '/contacts', { given_name: 'Noor' })).id,
      companies: (await send(api, '/companies', { name: 'Somewhere' })).id,
      deals: (await send(api, '/deals', { name: 'Something' })).id,
      imports: (await made(upload(api, [['nobody.csv', 'First name,Last name\n']]))).id,
      report: (await importNow(api, [['one.csv', 'First name\nNoor\n']])).id,
    })),
  };
}

/** Its button stands on the page for signing in. */
const provider = {
  name: 'Example SSO',
  kind: 'oidc',
  issuer: 'https://login.example.com',
  client_id: 'holdfast',
  client_secret: 'not a secret',
  enabled: true,
};

async function makeWorkspace(
  app: TestApp,
  name: string,
  fill: (tenant: TestTenant, api: Client) => Promise<Record<string, string>>,
): Promise<Workspace> {
  const tenant = await app.tenant(name);
  const { api } = await tenant.as('admin', 'Ada');
  const ids = await fill(tenant, api);
  return { ids, session: await signIn(app, tenant, await oldHand(api)) };
}

/** The administrator who has been here longest: in the demo somebody with two years of history. */
async function oldHand(api: Client): Promise<string> {
  const { data } = await read(api, `/users?limit=200&sort=created_at&filter=${filter('status', 'active')}`);
  type User = { id: string; roles: { key: string }[] };
  return data.find(({ roles }: User) => roles.some(({ key }) => key === 'admin')).id;
}

async function signIn({ app, url }: TestApp, { tenant_id }: TestTenant, user_id: string): Promise<Browser> {
  const token = await withContext(app.services.db, systemActor(tenant_id), (ctx) => createSignInLink(ctx, user_id));
  const browser = openBrowser(url);
  await browser.send('POST', '/api/v1/sign-in/link', { token });
  return browser;
}

const presets = new URL('../fixtures/presets/', import.meta.url);
const hubspot = 'hubspot-contacts.csv';

async function exported(api: Client, body: object): Promise<void> {
  const asked = await api('POST', '/api/v1/exports', body);
  assert.equal(asked.status, 202, JSON.stringify(asked.body));
  await eventually(async () => (await read(api, `/exports/${asked.body.id}`)).state === 'done', 30_000);
}

async function made(answer: ReturnType<Client>) {
  const { status, body } = await answer;
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

const send = (api: Client, path: string, body: object) => made(api('POST', `/api/v1${path}`, body));

async function read(api: Client, path: string) {
  const { status, body } = await api('GET', `/api/v1${path}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

const filter = (field: string, value: string) => encodeURIComponent(JSON.stringify({ field, op: 'eq', value }));

/** The token of its link. */
async function invite(api: Client): Promise<string> {
  const role = (await read(api, `/roles?filter=${filter('key', 'member')}`)).data[0];
  const { link } = await send(api, '/invitations', {
    name: 'Ida Invited',
    email: 'ida@people.example',
    role_ids: [role.id],
  });
  return new URL(link).hash.slice(1);
}
