import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { barriers, darken, open, type Person, phone, setUp } from './browser.ts';

let records: { contact: string; company: string; deal: string };
const world = setUp(async ({ administrator }) => {
  records = await fill(administrator);
});

/** A little of everything, so that no page is looked at empty. */
async function fill({ user_id: owner_id, session }: Person) {
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
  await make('/tasks', {
    title: 'Send the offer',
    due_at: '2026-01-05T09:00:00Z',
    assignee_id: owner_id,
    deal_id: deal,
  });
  await make('/notes', { body: '<p>Asks for <strong>two</strong> more</p>', deal_id: deal, pinned: true });
  await make('/activities', {
    kind: 'call',
    subject: 'First call',
    contact_id: contact,
    occurred_at: '2026-01-04T09:00:00Z',
  });
  await make('/products', { name: 'Oil press', unit_price: '420.00', currency: 'EUR' });
  await make('/teams', { name: 'North' });
  await make('/custom-fields', { resource: 'contact', key: 'language', label: 'Language', type: 'text' });
  return { contact, company, deal };
}

const settings = [
  'profile',
  'security',
  'api-keys',
  'workspace',
  'members',
  'teams',
  'roles',
  'sign-in',
  'pipelines',
  'close-reasons',
  'products',
  'tags',
  'custom-fields',
  'audit',
  'jobs',
].map((section) => `/settings/${section}`);

const pages = () => [
  '/',
  '/tasks',
  '/contacts',
  '/contacts?create=true',
  `/contacts?open=${records.contact}`,
  `/contacts/${records.contact}`,
  `/companies/${records.company}`,
  '/deals?as=board',
  '/deals?as=table',
  `/deals/${records.deal}`,
  '/dashboard',
  '/imports',
  '/imports/new',
  ...settings,
  '/nothing/here',
];

const public_pages = [
  '/sign-in',
  '/password-reset#token',
  '/sign-in/link#token',
  '/invitation#token',
  '/password-reset',
];

test('every page is free of barriers, light and dark', async (t) => {
  const { page } = await world.visit(t);
  for (const path of pages()) await t.test(path, () => lookAt(page, path));
});

test('so are the pages for those who are not signed in', async (t) => {
  const { page, expectRefusal } = await world.visit(t, null);
  expectRefusal(410);
  for (const path of public_pages) await t.test(path, () => lookAt(page, path));
});

test('on a phone too, and nothing sticks out at the side', async (t) => {
  const { page } = await world.visit(t, world.administrator, phone);
  for (const path of pages())
    await t.test(path, async () => {
      await open(page, path);
      assert.deepEqual(await barriers(page), []);
      const tooWide = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
      assert.equal(tooWide, 0);
    });
});

async function lookAt(page: Page, path: string) {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(page, path);
  assert.deepEqual(await barriers(page), []);
  await darken(page);
  assert.deepEqual(await barriers(page, { coloursOnly: true }), []);
}
