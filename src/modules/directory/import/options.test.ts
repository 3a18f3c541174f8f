import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { upload } from '../../../../test/harness/import.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

test('an option that is chosen leaves the others as they were chosen before', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const { body } = await upload(api, [['deals.csv', 'Deal ID,Deal Name,Amount,Stage\n1,One,10,Won\n']]);
  const choose = async (options: object) => {
    const changed = await api('PATCH', `/api/v1/imports/${body.id}`, { options });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    return changed.body.options;
  };
  await choose({ currency: 'CHF', blank_cells: 'clear' });
  assert.deepEqual(await choose({ mode: 'create' }), {
    mode: 'create',
    bad_cells: 'leave_empty',
    blank_cells: 'clear',
    missing_relations: 'leave_empty',
    currency: 'CHF',
  });
  assert.equal((await choose({ currency: null })).currency, null);
});
