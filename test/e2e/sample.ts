import assert from 'node:assert/strict';
import type { Person } from './browser.ts';
import { pageRoutes } from './routes.ts';

/** For those who are not signed in; nobody was ever given this token. */
export const public_pages = [
  '/sign-in',
  '/password-reset#token',
  '/sign-in/link#token',
  '/invitation#token',
  '/password-reset',
  '/confirm-email#token',
  '/connect-account#token',
];

const ofStrangers = new Set(public_pages.map((path) => path.split('#')[0]));

/** A little of everything, so that no page is looked at empty. Returns the addresses of all pages. */
export async function fillWorkspace({ user_id: owner_id, session }: Person): Promise<string[]> {
  const make = async (path: string, body: object): Promise<string> => {
    const { status, body: made } = await session.send('POST', `/api/v1${path}`, body);
    assert.equal(status, 201, JSON.stringify(made));
    return made.id;
  };
  const tag = await make('/tags', { name: 'Key account', color: 'violet' });
  const company = await make('/companies', { name: 'Ölmühle am Rhein', owner_id, tags: [tag] });
  const email = 'noor@example.com';
  const contact = await make('/contacts', { given_name: 'نور', email, company_id: company, owner_id, tags: [tag] });
  const money = { amount: '1250.50', currency: 'EUR' };
  const deal = await make('/deals', {
    name: 'Three presses',
    company_id: company,
    contact_id: contact,
    owner_id,
    ...money,
  });
  const { body: stages } = await session.send('GET', '/api/v1/stages?sort=position');
  const last = stages.data.findLast(({ kind }: { kind: string }) => kind === 'open');
  for (const currency of ['EUR', 'USD', 'JPY'])
    await make('/deals', { name: `Spare parts in ${currency}`, stage_id: last.id, amount: '80', currency });
  for (const title of [
    'Send the offer',
    'Call back',
    'Ask for the drawings of the press, and when it should stand in Basel',
  ])
    await make('/tasks', {
      title,
      due_at: '2026-01-05T09:00:00Z',
      assignee_id: owner_id,
      records: [{ type: 'deal', id: deal }],
    });
  await make('/notes', {
    body: '<p>Asks for <strong>two</strong> more</p>',
    records: [{ type: 'deal', id: deal }],
    pinned: true,
  });
  await make('/activities', {
    kind: 'call',
    subject: 'First call',
    records: [{ type: 'contact', id: contact }],
    occurred_at: '2026-01-04T09:00:00Z',
  });
  const household = await make('/households', { name: 'Holt family', status: 'active', owner_id });
  const fund = await make('/securities', { name: 'World fund', asset_class: 'equity', currency: 'USD' });
  for (const [day, price] of [['2024-12-31', '90'], ['2026-01-05', '101.5']]) // biome-ignore format: a price each
    await make('/prices', { security_id: fund, day, price });
  const account = await make('/financial-accounts', {
    name: 'Joint brokerage',
    household_id: household,
    custodian_id: await make('/custodians', { name: 'Beacon Custody' }),
    account_number: '4711-0815',
    registration: 'joint_common',
    kind: 'managed',
    currency: 'USD',
  });
  for (const row of [
    { kind: 'deposit', amount: '10000' },
    { kind: 'buy', security_id: fund, quantity: '100', amount: '-9000' },
  ])
    await make('/transactions', { account_id: account, traded_on: '2024-12-31', ...row });
  await make('/products', { name: 'Oil press', unit_price: '420.00', currency: 'EUR' });
  await make('/teams', { name: 'North' });
  await make('/custom-fields', { resource: 'contact', key: 'language', label: 'Language', type: 'text' });
  // Names that offer no place to break a line.
  await make('/teams', { name: 'W'.repeat(200) });
  await make('/users', { name: 'W'.repeat(200) });
  await make('/tags', { name: 'W'.repeat(60) });
  await make('/close-reasons', { name: 'W'.repeat(100), outcome: 'lost' });
  await make('/pipelines', { name: 'W'.repeat(100) });
  await make('/custom-fields', { resource: 'contact', key: 'long', label: 'W'.repeat(100), type: 'text' });
  return [
    ...pageRoutes().filter((path) => !path.includes('$') && !ofStrangers.has(path)),
    '/tasks?view=calendar&who=all&on=2026-01-05',
    '/tasks?view=calendar&span=week&who=all&on=2026-01-05',
    '/contacts?create=true',
    `/contacts?open=${contact}`,
    `/contacts/${contact}`,
    `/companies/${company}`,
    '/deals?layout=board',
    '/deals?layout=table',
    `/deals/${deal}`,
    `/households/${household}/report`,
    `/financial-accounts/${account}`,
    `/securities/${fund}`,
    '/nothing/here',
  ];
}
