import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { destination, forgeArchive, onOwner, source } from '../../../test/harness/archive.ts';
import { createApiKey, roleIdsOf } from '../../kernel/identity/index.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { exportTenant, hashTenant, importTenant } from './index.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

async function made(api: Client, plural: string, body: object): Promise<string> {
  const answer = await api('POST', `/api/v1/${plural}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.id;
}

test('rich text of an archive is cleaned as the API does, mentions stay, and undo brings nothing back', async (t) => {
  const work = await mkdtemp(join(tmpdir(), 'holdfast-texts-'));
  t.after(() => rm(work, { recursive: true, force: true }));
  const tenant = await app.tenant();
  const { api, user_id } = await tenant.as('admin', 'Ann & Co');
  const contact = await made(api, 'contacts', { given_name: 'Ada' });
  const records = [{ type: 'contact', id: contact }];
  const mention = `<span data-type="mention" data-id="${user_id}" data-label="?">@?</span>`;
  const kept = await made(api, 'notes', {
    body: `<p>FIRST ${mention}, <a href="https://a.example">b</a></p>`,
    records,
  });
  const text = async (client: Client, path: string) => (await client('GET', `/api/v1/${path}`)).body.body;
  const clean = await text(api, `notes/${kept}`);
  assert.match(clean, /data-label="Ann &amp; Co"/);
  const note = await made(api, 'notes', { body: '<p>FIRST</p>', records });
  const edited = await api('PATCH', `/api/v1/notes/${note}`, { body: `<p>SECOND ${mention}</p>` });
  const comment = await made(api, 'comments', { body: '<p>FIRST</p>', record_id: contact });
  const whole = join(work, 'texts');
  await exportTenant(source(app, tenant.tenant_id), whole);
  const evil = '<img src=x onerror=alert(1)>';
  const folder = await forgeArchive(whole, join(work, 'forged'), (texts) => {
    for (const table of ['note', 'comment', 'record_history'])
      texts[table] = texts[table]!.replaceAll('<p>SECOND ', `<p>SECOND ${evil}`).replace(
        /<p>FIRST</g,
        `<p>FIRST${evil}<`,
      );
  });
  const { tenant_id } = await importTenant(destination(app, 'texts'), folder);
  const copy = app.client(
    (
      await withContext(app.app.services.db, systemActor(tenant_id), async (ctx) =>
        createApiKey(ctx, { name: 'Test', role_id: (await roleIdsOf(ctx, ['admin']))[0]! }),
      )
    ).key,
  );
  assert.equal(await text(copy, `notes/${kept}`), clean);
  assert.equal(await text(copy, `notes/${note}`), await text(api, `notes/${note}`));
  assert.equal(await text(copy, `comments/${comment}`), '<p>FIRST</p>');
  await copy('POST', `/api/v1/changes/${edited.headers.get('change-id')}/reversal`);
  await onOwner(app, async (client) => {
    await client.query('set role holdfast_system');
    const { rows } = await client.query(
      `select 'note' as found from note r where tenant_id = $1 and body ~ 'onerror' union all select 'history' from record_history r
       where tenant_id = $1 and concat(before, after) ~ 'onerror'`,
      [tenant_id],
    );
    assert.deepEqual(rows, []);
  });
});

test('a text with a line separator ends no line', async (t) => {
  const work = await mkdtemp(join(tmpdir(), 'holdfast-separators-'));
  t.after(() => rm(work, { recursive: true, force: true }));
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const name = 'First\u2028second\u2029third\r';
  const role = await api('POST', '/api/v1/roles', { name: `${name}.`, rights: {} });
  assert.equal(role.status, 201, JSON.stringify(role.body));
  const form = new FormData();
  form.append('file', new Blob(['What was agreed.'], { type: 'text/plain' }), `${name}.txt`);
  assert.equal((await api('POST', '/api/v1/files?kind=upload', form)).status, 201);
  const to = join(work, 'separators');
  await exportTenant(source(app, tenant.tenant_id), to);
  const { tenant_id } = await importTenant(destination(app, 'separators'), to);
  assert.equal(await hashTenant(source(app, tenant_id)), await hashTenant(source(app, tenant.tenant_id)));
});
