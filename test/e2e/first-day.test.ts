import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, eventually } from '../harness/app.ts';
import { boldOf, linesOf, pasted } from '../harness/pasted.ts';
import { cellsOf, cellsOfContact, fairFile, fairRows, friends, namesakes } from '../harness/trade-fair.ts';
import { looksRight, open, pasteHtml, setUp } from './browser.ts';

let api: Client;
const world = setUp(async ({ tenant }) => {
  ({ api } = await tenant.as('admin'));
});

async function allContacts(): Promise<Map<string, { id: string; street: string | null }>> {
  const found = new Map();
  for (let cursor = ''; ; ) {
    const { status, body } = await api('GET', `/api/v1/contacts?limit=200${cursor}`);
    assert.equal(status, 200, JSON.stringify(body));
    for (const one of body.data) found.set(one.id, one);
    if (body.next_cursor === null) return found;
    cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
  }
}

test('on a first day, a list of a trade fair over one’s contacts and a mail thread overwrite, join and lose nothing', async (t) => {
  const made = await api('POST', '/api/v1/contacts/bulk', { data: friends });
  assert.equal(made.status, 201, JSON.stringify(made.body).slice(0, 500));
  const before = await allContacts();

  const { page } = await world.visit(t);
  await open(page, '/imports/new');
  const file = { name: 'messe.csv', mimeType: 'text/csv', buffer: Buffer.from(fairFile) };
  await page.locator('input[type=file]').setInputFiles([file]);
  await page.getByRole('button', { name: 'Read the file' }).click();
  await page.getByRole('heading', { name: 'messe.csv' }).waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('region', { name: 'Columns of messe.csv' }).waitFor();
  await looksRight(page, 'first-day-columns');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByRole('region', { name: `${namesakes} rows may match existing contacts` }).waitFor();
  await page.getByRole('region', { name: '300 records would be new' }).waitFor();
  assert.equal(await page.getByRole('region', { name: /records? would change/ }).count(), 0);
  await looksRight(page, 'first-day-checked');
  await page.getByRole('button', { name: /^Import 300 rows/ }).click();
  await page.getByRole('heading', { name: 'The import is done' }).waitFor();

  const after = await allContacts();
  assert.equal(after.size, before.size + fairRows.length);
  for (const [id, one] of before) assert.deepEqual(after.get(id), one);
  const byStreet = new Map([...after.values()].map((one) => [one.street, one]));
  for (const [n, row] of fairRows.entries())
    assert.deepEqual(cellsOfContact(byStreet.get(`Halle ${n}`)), cellsOf(row), `row ${n + 2}`);

  const [{ html, lines, bold }] = pasted as [(typeof pasted)[number]];
  const { id } = byStreet.get('Halle 7')!;
  await open(page, `/contacts/${id}`);
  const editor = page.getByRole('textbox', { name: 'Note' });
  await editor.focus();
  await pasteHtml(page, html);
  await editor.getByText(lines.at(-1)!).first().waitFor();
  await page.keyboard.press('ControlOrMeta+Enter');
  const about = encodeURIComponent(JSON.stringify({ field: 'records', op: 'has', value: id }));
  const [note] = await eventually(async () => {
    const { body } = await api('GET', `/api/v1/notes?filter=${about}`);
    return body.data.length === 1 && body.data;
  });
  assert.deepEqual(linesOf(note.body), lines);
  assert.deepEqual(boldOf(note.body), bold);
});
