import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestApp } from '../harness/app.ts';
import { startModelEndpoint } from '../harness/model-endpoint.ts';
import { barriers, open, phone, picture, setUp } from './browser.ts';

const endpoint = await startModelEndpoint();
after(() => endpoint.stop());
const world = setUp(undefined, { start: () => startTestApp({ OUTBOUND_HOSTS: endpoint.host }) });

test('an administrator sees what vectors for search by meaning cost, agrees, and finds what says the same', async (t) => {
  const { send } = world.administrator.session;
  const { body: contact } = await send('POST', '/api/v1/contacts', { given_name: 'Ada', family_name: 'Byron' });
  const subjects = ['The pension was explained in', 'A yacht lies in the harbour since', 'Apples for cider in'];
  const bodies = Array.from({ length: 40 }, (_, n) => `${subjects[n % 3]} ${n}`);
  const data = ['Listen tinsel', ...bodies].map((body) => ({
    body: `<p>${body}</p>`,
    records: [{ type: 'contact', id: contact.id }],
  }));
  assert.equal((await send('POST', '/api/v1/notes/bulk', { data })).status, 201);

  const { page } = await world.visit(t);
  await open(page, '/settings/language-model');
  await page.getByLabel('Address').fill(endpoint.url);
  await page.getByLabel('Model for vectors').fill('letters');
  await page.getByRole('checkbox', { name: 'Search by meaning' }).check();
  await page.getByLabel('For vectors', { exact: true }).fill('0.5');
  await page.getByRole('button', { name: 'Save language model' }).click();
  await page.getByText(/41 texts, at most .* tokens, about/).waitFor();
  assert.equal(endpoint.asked.length, 0);
  await picture(page, 'language-model-vectors');
  assert.deepEqual(await barriers(page), []);
  await page.setViewportSize(phone.viewport);
  await picture(page, 'language-model-vectors-phone');
  await page.getByRole('button', { name: 'Send texts and use its vectors' }).click();
  await page.getByRole('button', { name: 'Send texts', exact: true }).click();
  await page.getByText('Search by meaning uses letters: 41 texts have vectors.').waitFor({ timeout: 90_000 });

  await open(page, '/');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('silent enlist');
  await page.getByText('By meaning').click();
  await page.getByText('Listen tinsel').waitFor();
});
