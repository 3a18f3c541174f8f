import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { importNow } from '../../../test/harness/import.ts';
import { wire } from '../../../test/harness/wire.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
});
after(() => app.stop());

test('a connection that breaks while rows are sent over it costs nothing but a moment', async () => {
  const { api } = await (await app.tenant()).as('admin');
  let [isCopied, isCut] = [false, false];
  const network = await wire(app.database.appUrl, {
    toServer: (chunk, send) => {
      if (!isCut && isCopied && chunk[0] === 'd'.charCodeAt(0)) {
        isCut = true;
        network.cut();
      }
      // Other connections send in between.
      isCopied ||= chunk.includes('copy import_stage');
      send(chunk);
    },
  });
  await app.secondNode({ HOLDFAST_ROLE: 'worker' }, network.url);
  const rows = Array.from({ length: 8_000 }, (_, at) => `Name ${at},n${at}@x.example`);
  const report = await importNow(api, [['people.csv', `First name,Email\n${rows.join('\n')}\n`]]);
  assert.deepEqual([report.state, report.files[0]?.counts?.created, isCut], ['done', rows.length, true]);
  const { total } = (await api('GET', '/api/v1/contacts?count=exact&limit=1')).body;
  assert.equal(total, rows.length);
});
