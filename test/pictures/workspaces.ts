import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { loadDemo } from '../../src/demo/index.ts';
import { salesDemo } from '../../src/demo/sales/index.ts';
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
      await loadDemo(app.app.services.db, tenant.tenant_id, salesDemo);
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
        products: (await read(api, '/products?limit=1&sort=name')).data[0].id,
        imports: (await made(upload(api, [people('fair')]))).id,
        report: (await importNow(api, [people('partners')])).id,
        fixes: (await made(upload(api, [firms()]))).id,
        recognised: (await made(upload(api, [[hubspot, await readFile(new URL(hubspot, presets), 'utf8')]]))).id,
        invitation: await invite(api),
        board: await putTogether(api, allTiles),
        undecided: await askMoreOfStages(api),
      };
    }),
    empty: await makeWorkspace(app, 'empty', async () => ({})),
    bare: await makeWorkspace(app, 'bare', async (_tenant, api) => ({
      contacts: (await send(api, '/contacts', { given_name: 'Noor' })).id,
      companies: (await send(api, '/companies', { name: 'Somewhere' })).id,
      deals: (await send(api, '/deals', { name: 'Something' })).id,
      products: (await send(api, '/products', { name: 'Anything' })).id,
      imports: (await made(upload(api, [['nobody.csv', 'First name,Last name\n']]))).id,
      report: (await importNow(api, [['one.csv', 'First name\nNoor\n']])).id,
      board: await putTogether(api, []),
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
  await eventually(async () => (await read(api, `/exports/${asked.body.id}`)).state === 'done');
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

/** Every kind of tile there is, in several sizes. */
const allTiles = [
  { figure: 'won_value', grouping: 'none', chart: 'number', range: 'this_quarter', width: 1, height: 1 },
  { figure: 'won_count', grouping: 'none', chart: 'number', range: 'this_month', width: 1, height: 1 },
  { figure: 'win_rate', grouping: 'none', chart: 'number', range: 'last_12_months', width: 1, height: 1 },
  { figure: 'contacts', grouping: 'none', chart: 'number', range: 'all', width: 1, height: 1 },
  { figure: 'won_value', grouping: 'period', chart: 'bar', range: 'last_12_months', width: 2, height: 2 },
  { figure: 'win_rate', grouping: 'period', chart: 'line', range: 'last_12_months', width: 2, height: 2 },
  { figure: 'conversion', grouping: 'stage', chart: 'funnel', range: 'last_12_months', width: 2, height: 2 },
  {
    figure: 'activities',
    grouping: 'period',
    chart: 'bar',
    range: 'last_90_days',
    period: 'week',
    width: 2,
    height: 2,
  },
  { figure: 'open_value', grouping: 'owner', chart: 'table', range: 'all', width: 1, height: 2 },
  { figure: 'won_value', grouping: 'product', chart: 'table', range: 'last_12_months', width: 2, height: 2 },
  { figure: 'cycle_days', grouping: 'region', chart: 'bar', range: 'last_12_months', width: 1, height: 2 },
  {
    title: 'What each of us has won, of all we ever closed',
    figure: 'won_value',
    grouping: 'owner',
    chart: 'bar',
    range: 'all',
    width: 4,
    height: 3,
  },
] as const;

/** A dashboard of one's own, with what is to be won, and somebody who gets the overview by mail. */
async function putTogether(api: Client, tiles: readonly object[]): Promise<string> {
  const { id } = await send(api, '/dashboards', { name: 'Weekly sales meeting', shared: true });
  if (tiles.length === 0) return id;
  const data = tiles.map((tile) => ({ period: 'month', ...tile, dashboard_id: id }));
  await made(api('POST', '/api/v1/dashboard-tiles/bulk', { data }));
  await send(api, '/sales-targets', { figure: 'won_value', period: 'quarter', amount: '450000', currency: 'EUR' });
  const { data: people } = await read(api, `/users?limit=2&sort=name&filter=${filter('status', 'active')}`);
  await send(api, '/sales-targets', { figure: 'won_count', period: 'month', deals: 6, owner_id: people[0].id });
  for (const [index, { id: recipient_id }] of people.entries())
    await send(api, '/dashboard-mailings', { recipient_id, rhythm: index === 0 ? 'weekly' : 'monthly', hour: 8 });
  return id;
}

/** A deal of which little is known, in a pipeline whose next stages ask for more. */
async function askMoreOfStages(api: Client): Promise<string> {
  const stages = (await read(api, '/stages?limit=200&sort=position')).data as { id: string; name: string }[];
  const named = (name: string) => stages.find((stage) => stage.name === name)?.id;
  const wanted = {
    'Offer out': ['amount', 'expected_close_on', 'contact_id', 'source', 'custom.site_visit'],
    'Verbal yes': ['lines'],
  };
  for (const [name, required_fields] of Object.entries(wanted)) {
    const { status, body } = await api('PATCH', `/api/v1/stages/${named(name)}`, { required_fields });
    assert.equal(status, 200, JSON.stringify(body));
  }
  const deal = { name: 'Calibration contract, plant at Łódź', stage_id: named('Renewal due') };
  return (await send(api, '/deals', deal)).id;
}
