import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { saveFile } from './saveText.ts';

test('what is saved stays readable for a while: browsers begin to read it after they were asked to', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const link = { href: '', download: '', click: mock.fn() };
  const page = globalThis as { document?: unknown };
  page.document = { createElement: () => link };
  t.after(() => delete page.document);

  saveFile('report.csv', new Blob(['Acme']));
  assert.equal(link.click.mock.callCount(), 1);
  mock.timers.tick(30_000);
  assert.equal(await (await fetch(link.href)).text(), 'Acme');
  mock.timers.tick(60_000);
  await assert.rejects(fetch(link.href));
});
