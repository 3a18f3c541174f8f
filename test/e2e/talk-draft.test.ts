import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { boldOf, linesOf, pasted } from '../harness/pasted.ts';
import { open, pasteHtml, setUp } from './browser.ts';

const world = setUp();

async function contactOf(given_name: string): Promise<string> {
  const made = await world.administrator.session.send('POST', '/api/v1/contacts', { given_name });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.id;
}

test('a call whose draft is found again was when one began to write it down', async (t) => {
  const { session } = world.administrator;
  const id = await contactOf('Called');
  const { page } = await world.visit(t);
  const subject = page.getByRole('textbox', { name: 'Subject' });
  const begin = async () => {
    await open(page, `/contacts/${id}`);
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await subject.waitFor();
  };
  const day_ms = 86_400_000;
  const begun = Date.now() - day_ms;
  await page.clock.setFixedTime(begun);
  await begin();
  await subject.fill('Half a call');
  await page.clock.setFixedTime(begun + day_ms);
  await begin();
  await page.getByText('This is what you typed before.').waitFor();
  await page.getByRole('button', { name: 'Log call' }).click();
  await page.getByText('Call logged').waitFor();
  const { body } = await session.send('GET', `/api/v1/contacts/${id}/timeline?kinds=activity`);
  const off_ms = Date.parse(body.data[0].activity.occurred_at) - begun;
  assert.ok(Math.abs(off_ms) < 60_000, `${off_ms} ms`);
});

test('cells of a spreadsheet, which come with a picture of them, are pasted as text', async (t) => {
  const id = await contactOf('Cells');
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  const editor = page.getByRole('textbox', { name: 'Note' });
  await editor.focus();
  await page.evaluate(`{
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'Price\\t12');
    clipboardData.setData('text/html', '<table><tr><td>Price</td><td>12</td></tr></table>');
    clipboardData.items.add(new File(['picture'], 'image.png', { type: 'image/png' }));
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }`);
  await editor.getByText('Price | 12').waitFor({ timeout: 5_000 });
  assert.equal(await page.getByRole('button', { name: 'Leave out image.png' }).count(), 0);
});

test('a mail thread, a document and cells that are pasted into a note keep each line, and get no links or bold words that were none', async (t) => {
  const id = await contactOf('Thread');
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  const ofContact = encodeURIComponent(JSON.stringify({ field: 'records', op: 'has', value: id }));
  const notes = async () =>
    (await world.administrator.session.send('GET', `/api/v1/notes?sort=-created_at&filter=${ofContact}`)).body.data;
  for (const [at, { name, html, lines, bold }] of pasted.entries()) {
    const editor = page.getByRole('textbox', { name: 'Note' });
    await editor.focus();
    await pasteHtml(page, html);
    await editor.getByText(lines.at(-1)!).first().waitFor();
    await page.keyboard.press('ControlOrMeta+Enter');
    const [note] = await eventually(async () => {
      const found = await notes();
      return found.length === at + 1 && found;
    });
    assert.deepEqual(linesOf(note.body), lines, `${name}: ${note.body}`);
    assert.deepEqual(boldOf(note.body), bold, name);
    assert.doesNotMatch(note.body, /<a [^>]*>[^<]*(Delivery|README)/, name);
    // What one reads, each line on its own.
    const read = page.getByRole('listitem').locator('.rich-text').filter({ hasText: lines[0]! }).first();
    await read.waitFor();
    const [shown = ''] = await read.allInnerTexts();
    assert.deepEqual(
      shown
        .split('\n')
        .map((line) => line.replace(/\s+/g, ' ').trim())
        .filter(Boolean),
      lines,
      name,
    );
  }
});
