import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { importNow } from '../../../../test/harness/import.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

test('tags and close reasons that may not be made are left out and said, and kept in a note where somebody wants that', async () => {
  const tenant = await app.tenant();
  const { api: admin } = await tenant.as('admin');
  const all = { read: 'all', create: 'all', update: 'all', delete: 'all' };
  const read = { read: 'all' };
  const rights = {
    deal: all,
    import: all,
    file: all,
    user: read,
    custom_field: read,
    note: all,
    tag: read,
    pipeline: read,
    company: read,
    contact: read,
  };
  const role = await admin('POST', '/api/v1/roles', { name: 'Deals only', rights });
  assert.equal(role.status, 201, JSON.stringify(role.body));
  const seller = await tenant.as(role.body.key);
  await admin('POST', '/api/v1/tags', { name: 'old' });
  await importNow(admin, [['s.csv', 'Deal ID,Deal Name,Stage\n0,Zero,Lost\n']]);
  const csv = 'Deal ID,Deal Name,Stage,Close reason,Tags\n1,One,Lost,Too late,old; new\n';
  const done = await importNow(seller.api, [['d.csv', csv]], () => ({ options: { bad_cells: 'note' } }));
  assert.equal(done.files[0]!.counts.created, 1, JSON.stringify(done.problem_samples));
  assert.deepEqual(
    done.problem_samples.map(({ code, severity }) => [code, severity]).sort(),
    [['no_such_reason', 'warning'], ['no_such_tag', 'warning']], // biome-ignore format: one list
  );
  const [deal] = (await admin('GET', '/api/v1/deals?sort=-name')).body.data.filter(
    ({ name }: { name: string }) => name === 'One',
  );
  assert.deepEqual(deal.tags.map(({ name }: { name: string }) => name), ['old']); // biome-ignore format: one call
  const [note] = (await admin('GET', '/api/v1/notes')).body.data;
  assert.match(note.body, /Too late/);
  assert.match(note.body, /new/);

  await importNow(admin, [['k.csv', 'Deal ID,Deal Name,Stage,Close reason\n5,Known,Lost,Price\n']]);
  const known = 'Deal ID,Deal Name,Stage,Close reason\n5,Known,Lost,Too late\n';
  const again = await importNow(seller.api, [['k.csv', known]], () => ({ options: { blank_cells: 'clear' } }));
  assert.deepEqual(again.problem_samples.map(({ code }) => code), ['no_such_reason']); // biome-ignore format: one call
  const { data } = (await admin('GET', '/api/v1/deals')).body;
  const five = data.find(({ name }: { name: string }) => name === 'Known');
  assert.equal(five.close_reason?.name, 'Price', 'a known deal keeps its reason, though empty cells clear theirs');
});
