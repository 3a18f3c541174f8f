import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Client, eventually, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { destination, source } from '../../../test/harness/archive.ts';
import { systemClient } from '../../../test/harness/identity.ts';
import { importNow } from '../../../test/harness/import.ts';
import { type LifecycleWorld, startLifecycleWorld } from '../../../test/harness/lifecycle.ts';
import { sql } from '../../kernel/database/database.ts';
import { FileError, type FileStore } from '../../kernel/files/file-store.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { verifyAudit } from '../audit-verify.ts';
import { allFiles } from '../backup/files.ts';
import { exportTenant, importTenant } from '../tenant-archive/index.ts';
import type { LifecycleReport } from './contract.ts';
import { findArchivedChanges } from './queries.ts';

/** A month for each test. */
let world: LifecycleWorld;
let app: TestApp;
let tenant: TestTenant;
let other: TestTenant;
let api: Client;
let operator: Client;
let [rows, past, lifecycle, there, archives, pathOf, holding] = [] as unknown as [
  LifecycleWorld['rows'],
  LifecycleWorld['past'],
  LifecycleWorld['lifecycle'],
  LifecycleWorld['there'],
  LifecycleWorld['archives'],
  LifecycleWorld['pathOf'],
  LifecycleWorld['holding'],
];

before(async () => {
  world = await startLifecycleWorld();
  ({ app, tenant, other, api, operator, rows, past, lifecycle, there, archives, pathOf, holding } = world);
});
after(() => world.stop());

test('months older than two years move to the file store, sealed; younger ones stay', async () => {
  const old = await past(30, ['Canary-of-old', 'Berta']);
  const others = await past(30, ['Of another'], (await other.as('admin', 'Otto')).api);
  const young = await past(23, ['Clara']);
  await lifecycle();
  assert.equal(await there(old.table), false);
  assert.equal(await there(young.table), true);
  const made = await archives(old.first_at);
  assert.deepEqual(
    made.map(({ source, state, row_count, of_tenant }) => [source, state, row_count, of_tenant]).sort(),
    [
      ['audit_event', 'archived', 3, null],
      ['record_history', 'archived', 1, other.tenant_id],
      ['record_history', 'archived', 2, tenant.tenant_id],
    ].sort(),
  );
  assert.equal(
    (await rows('select from record_history where record_id = any ($1)', [[...old.ids, ...others.ids]])).length,
    0,
  );
  assert.equal((await rows('select from record_history where record_id = any ($1)', [young.ids])).length, 1);
  for (const { storage_key } of made) {
    const bytes = await readFile(pathOf(storage_key));
    assert.ok(!bytes.includes('Canary') && !bytes.includes(old.ids[0]!), 'it is sealed');
  }
  // Backups take them along, as whole as they are.
  const system = await systemClient(app);
  const backedUp = new Map<string, string>();
  for await (const { storage_key, sha256 } of allFiles(system)) backedUp.set(storage_key, sha256);
  await system.end();
  for (const { storage_key } of made) {
    const bytes = await readFile(pathOf(storage_key));
    assert.equal(backedUp.get(storage_key), createHash('sha256').update(bytes).digest('hex'));
  }
});

test('the trail is verified with its archive, and says how much of it is there', async () => {
  const old = await past(44, ['Verified', 'Changed later', 'Deleted later']);
  await lifecycle();
  await api('PATCH', `/api/v1/contacts/${old.ids[1]}`, { given_name: 'Changed' });
  await api('DELETE', `/api/v1/contacts/${old.ids[2]}`);
  const { files, keyRing: ring } = app.app.services;
  const verify = (store: FileStore = files) => verifyAudit(app.database.ownerUrl, { archives: { files: store, ring } });
  const clean = await verify();
  assert.deepEqual(clean.findings, []);
  assert.deepEqual([clean.archived.unreadable, clean.archived.deleted], [[], 0]);
  assert.ok(
    clean.archived.periods > 0 && clean.archived.events >= 3 && clean.archived.records >= 3,
    JSON.stringify(clean.archived),
  );

  // Smuggled in past the audit: no event, neither here nor in the archive.
  const pastTheAudit = async (text: string, values: unknown[] = []) => {
    await rows('alter table contact disable trigger user');
    await rows(text, values);
    await rows('alter table contact enable trigger user');
  };
  await pastTheAudit(
    `insert into contact (tenant_id, given_name, created_at) values ($1, 'Smuggled', now() - interval '44 months')`,
    [tenant.tenant_id],
  );
  assert.deepEqual(
    (await verify()).findings.map(({ what, table }) => [what, table]),
    [['unrecorded', 'contact']],
  );
  // Without the files nobody can tell, and it says how many records that is.
  const blind = await verifyAudit(app.database.ownerUrl);
  assert.deepEqual(blind.findings, []);
  assert.ok(blind.archived.unread >= 4, JSON.stringify(blind.archived));
  await pastTheAudit(`delete from contact where given_name = 'Smuggled'`);

  const missing: FileStore = Object.create(files, {
    get: { value: () => Promise.reject(new FileError('file_not_found', 'There is no such file')) },
  });
  assert.ok((await verify(missing)).archived.unreadable.length > 0);
});

test('a copy of a workspace whose beginning is archived verifies, and what is smuggled into it is named', async () => {
  const copied = await app.tenant('copied');
  const admin = (await copied.as('admin', 'Cora')).api;
  const old = await past(40, ['Begun long ago', 'Changed since'], admin);
  const untold = async (text: string, values: unknown[]) => {
    await rows('alter table contact disable trigger user');
    await rows(text, values);
    await rows('alter table contact enable trigger user');
  };
  await untold('update contact set created_at = $2 where id = any ($1)', [old.ids, old.first_at]);
  await rows('update tenant set created_at = $2 where id = $1', [copied.tenant_id, old.first_at]);
  await lifecycle();
  await admin('PATCH', `/api/v1/contacts/${old.ids[1]}`, { given_name: 'Changed' });
  const { files, keyRing: ring } = app.app.services;
  const verify = () => verifyAudit(app.database.ownerUrl, { archives: { files, ring } });
  const before = await verify();
  const work = await mkdtemp(join(tmpdir(), 'holdfast-copied-'));
  try {
    await exportTenant(source(app, copied.tenant_id), join(work, 'archive'));
    const copy = await importTenant(destination(app, 'copy'), join(work, 'archive'));
    const first = await verify();
    assert.deepEqual(first.findings, []);
    assert.equal(first.archived.unread - before.archived.unread, 2);
    const shown = await withContext(app.app.services.db, systemActor(copy.tenant_id), (ctx) =>
      findArchivedChanges(ctx, old.first_at.toISOString()),
    );
    assert.equal(shown.archived_before, null, 'the archive of this installation has nothing of the copy');
    assert.ok(Date.parse(shown.elsewhere_before!) > old.first_at.getTime(), JSON.stringify(shown));
    // A copy of the copy knows as much.
    await exportTenant(source(app, copy.tenant_id), join(work, 'again'));
    await importTenant(destination(app, 'copy-again'), join(work, 'again'));
    const second = await verify();
    assert.deepEqual(second.findings, []);
    assert.equal(second.archived.unread - before.archived.unread, 4);
    await untold(`insert into contact (tenant_id, given_name) values ($1, 'Smuggled')`, [copy.tenant_id]);
    assert.deepEqual(
      (await verify()).findings.map(({ tenant: name, table, what }) => [name, table, what]),
      [['copy', 'contact', 'unrecorded']],
    );
    await untold('delete from contact where tenant_id = $1 and given_name = $2', [copy.tenant_id, 'Smuggled']);
  } finally {
    await rm(work, { recursive: true });
  }
});

test('the archive is searched by whoever may read the trail, in their workspace only', async () => {
  const newer = await past(46, ['Found one', 'Found two', 'Found three']);
  const older = await past(47, ['Found four']);
  const foreign = await past(46, ['Foreign'], (await other.as('admin', 'Otto')).api);
  await lifecycle();
  const { user_id } = await tenant.as('admin', 'Ada');
  const between = `from=${older.first_at.toISOString()}&to=${new Date(newer.first_at.getTime() + 31 * 86_400_000).toISOString()}`;
  const search = async (query: string, by: Client = api) => {
    const { status, body } = await by('GET', `/api/v1/audit-archive?${between}&${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const all = await search('resource=contact');
  assert.deepEqual(
    all.data.map((e: { record_id: string }) => e.record_id),
    [...newer.ids.toReversed(), older.ids[0]],
  );
  const [event] = all.data;
  assert.deepEqual([event.actor, event.action, event.after], [{ id: user_id, name: 'Ada' }, 'create', null]);
  assert.equal(all.next_cursor, null);
  // Page by page, the same in the same order.
  const paged: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { data: { record_id: string }[]; next_cursor: string | null } = await search(
      `resource=contact&limit=2${cursor && `&cursor=${cursor}`}`,
    );
    assert.ok(page.data.length <= 2);
    paged.push(...page.data.map((e) => e.record_id));
    cursor = page.next_cursor;
  }
  assert.deepEqual(paged, [...newer.ids.toReversed(), older.ids[0]]);
  assert.deepEqual((await search(`record_id=${foreign.ids[0]}`)).data, []);
  assert.equal((await search(`record_id=${newer.ids[1]}`)).data.length, 1);
  const { api: member } = await tenant.as('member', 'Mia');
  assert.equal((await member('GET', '/api/v1/audit-archive')).status, 403);
  await assert.rejects(
    withContext(
      app.app.services.db,
      { ...systemActor(other.tenant_id), kind: 'user', rights: { scopes: {} } as never },
      ({ tx }) => tx.many(sql`select * from app.archive_files('-infinity', 'infinity')`),
    ),
    /needs the right/,
  );
});

test('a month whose past came later has several files, which are searched page by page, once each', async () => {
  const first = await past(45, ['One', 'Two', 'Three']);
  await lifecycle();
  const second = await past(45, ['Four', 'Five', 'Six']);
  await lifecycle();
  const files = (await archives(first.first_at)).filter(({ source }) => source === 'audit_event');
  assert.equal(files.length, 2);
  const to = new Date(first.first_at.getTime() + 31 * 86_400_000).toISOString();
  for (const limit of [1, 2, 3]) {
    const found: string[] = [];
    let cursor: string | null = '';
    for (let page = 0; page < 10 && cursor !== null; page++) {
      const { body } = await api(
        'GET',
        `/api/v1/audit-archive?from=${first.first_at.toISOString()}&to=${to}&resource=contact&limit=${limit}${cursor && `&cursor=${cursor}`}`,
      );
      found.push(...body.data.map((event: { record_id: string }) => event.record_id));
      cursor = body.next_cursor;
    }
    assert.equal(cursor, null);
    assert.deepEqual(found.sort(), [...first.ids, ...second.ids].sort(), `by ${limit}`);
  }
});

test('a period returns as it was, verified by its hash, and leaves again after its days', async () => {
  const old = await past(49, ['Returned', 'Too']);
  await lifecycle();
  const body = { source: 'audit_event', first_at: old.first_at.toISOString(), days: 3, reason: 'An examiner asks' };
  const ask = (given: object, by: Client = operator) =>
    by('POST', '/api/v1/installation/lifecycle/returns', { ...body, ...given });
  assert.equal((await ask({}, api)).status, 403);
  assert.equal((await ask({ days: 0 })).status, 422);
  assert.equal((await ask({ first_at: '2001-01-01T00:00:00.000Z' })).status, 409);
  for (const source of ['audit_event', 'record_history']) {
    assert.equal((await ask({ source })).status, 202);
    await eventually(async () => (await archives(old.first_at)).find((a) => a.source === source)!.state === 'returned');
  }
  // Values are said to be returned before they are.
  await eventually(
    async () =>
      (await rows(`select from job where kind = 'lifecycle.return' and state in ('ready', 'running')`)).length === 0,
  );
  const events = async () => (await api('GET', `/api/v1/audit-events?record_id=${old.ids[0]}`)).body.data;
  const [event] = await events();
  assert.deepEqual([event.action, event.after.given_name], ['create', 'Returned']);
  const { files, keyRing: ring } = app.app.services;
  assert.deepEqual((await verifyAudit(app.database.ownerUrl, { archives: { files, ring } })).findings, []);
  const before = (await archives(old.first_at)).map(({ id, storage_key }) => [id, storage_key]);
  await lifecycle();
  assert.equal((await events()).length, 1, 'it stays for its days');

  // Without their files, the rows in the database are the last.
  const paths = (await archives(old.first_at)).map(({ storage_key }) => pathOf(storage_key));
  const later = { at: new Date(Date.now() + 4 * 86_400_000) };
  for (const path of paths) await rename(path, `${path}-lost`);
  await assert.rejects(lifecycle(later), /periods could not be archived/);
  for (const path of paths) await writeFile(path, (await readFile(`${path}-lost`)).subarray(0, -1));
  await assert.rejects(lifecycle(later), /periods could not be archived/);
  assert.equal((await events()).length, 1, 'it stays without its files');
  assert.equal((await rows('select from record_history where record_id = $1', [old.ids[0]])).length, 1);
  for (const { error } of await rows('select error from lifecycle_archive where first_at = $1', [old.first_at]))
    assert.match(error, /changed, cut off/);
  for (const path of paths) await rename(`${path}-lost`, path);
  await lifecycle(later);
  assert.equal(await there(old.table), false);
  assert.deepEqual(await events(), []);
  assert.deepEqual(
    (await archives(old.first_at)).map(({ id, storage_key }) => [id, storage_key]),
    before,
    'the same files',
  );

  // A file that holds something else does not return.
  const [archive] = await archives(old.first_at);
  await rename(pathOf(archive!.storage_key), `${pathOf(archive!.storage_key)}-whole`);
  await writeFile(pathOf(archive!.storage_key), 'something else');
  assert.equal((await ask({})).status, 202);
  await eventually(
    async () => (await rows(`select from job where kind = 'lifecycle.return' and error is not null`)).length > 0,
  );
  assert.equal(await there(old.table), false);
  await rename(`${pathOf(archive!.storage_key)}-whole`, pathOf(archive!.storage_key));
});

test('operators see what comes next, what is archived, and that it is held', async () => {
  const old = await past(50, ['Shown']);
  const soon = await past(20, ['Soon']);
  await lifecycle();
  const report = async () => {
    const { status, body } = await operator('GET', '/api/v1/installation/lifecycle');
    assert.equal(status, 200, JSON.stringify(body));
    return body as LifecycleReport;
  };
  const of = <Row extends { first_at: string; source: string }>(list: Row[], { first_at }: { first_at: Date }) =>
    list.find((row) => row.first_at === first_at.toISOString() && row.source === 'audit_event')!;
  const { next, archived, archive_after_months, delete_after_years, store } = await report();
  assert.deepEqual([archive_after_months, delete_after_years, store], [24, 7, 'folder']);
  assert.equal(of(next, soon).action, 'archive');
  const due = of(next, old);
  assert.deepEqual([due.action, due.held, due.rows], ['delete', false, 1]);
  assert.equal(new Date(due.at).getUTCFullYear() - new Date(due.end_at).getUTCFullYear(), 7);
  assert.deepEqual([of(archived, old).state, of(archived, old).rows, of(archived, old).files], ['archived', 1, 1]);
  await holding('true', async () => {
    assert.equal(of((await report()).next, old).held, true);
  });
  const periods = (await api('GET', '/api/v1/audit-archive/periods')).body.data;
  assert.deepEqual(periods, [], 'the workspace began later than all of them');
  await rows(`update tenant set created_at = now() - interval '60 months' where id = $1`, [tenant.tenant_id]);
  assert.ok((await api('GET', '/api/v1/audit-archive/periods')).body.data.length > 1);
  assert.equal((await api('GET', '/api/v1/installation/lifecycle')).status, 403);

  // Whoever reads a timeline learns where it ends, whether or not they may read the trail.
  const { api: member } = await tenant.as('member', 'Mia');
  const changesSince = async (since: string | Date) =>
    (await member('GET', `/api/v1/archived-changes?since=${new Date(since).toISOString()}`)).body;
  assert.equal((await member('GET', '/api/v1/audit-archive/periods')).status, 403);
  const ends = (await archives(old.first_at)).length;
  assert.equal(ends, 2);
  const { archived_before } = await changesSince(old.first_at);
  assert.ok(Date.parse(archived_before) > old.first_at.getTime(), archived_before);
  assert.deepEqual(await changesSince(new Date()), {
    archived_before: null,
    deleted_before: null,
    elsewhere_before: null,
  });

  // What an import of then did cannot be undone in part.
  const { id } = await importNow(api, [['people.csv', 'First name,Last name\nNadia,Okafor']]);
  const revert = () => api('POST', `/api/v1/imports/${id}/reversal`, {});
  await rows(`alter table import disable trigger user`);
  await rows(`update import set created_at = now() - interval '51 months' where id = $1`, [id]);
  const { status, body } = await revert();
  assert.deepEqual([status, body.code], [409, 'conflict']);
  assert.match(body.detail, /in the archive/);
  await rows(`update import set created_at = now() where id = $1`, [id]);
  await rows(`alter table import enable trigger user`);
  assert.equal((await revert()).status, 202);
});

test('after seven years it is deleted, unless it is held', async () => {
  const old = await past(41, ['Seven']);
  await lifecycle();
  const made = await archives(old.first_at);
  const last = new Date(Date.UTC(old.first_at.getUTCFullYear() + 7, old.first_at.getUTCMonth() + 1, 1));
  const mine = async () => (await archives(old.first_at)).map(({ state }) => state);
  await lifecycle({ at: new Date(last.getTime() - 1) });
  assert.deepEqual(await mine(), ['archived', 'archived']);

  await holding(`kind = 'audit_event' and first_at = '${old.first_at.toISOString()}'`, async () => {
    await lifecycle({ at: last });
    assert.deepEqual(await mine(), ['archived', 'deleted']);
    await stat(pathOf(made[0]!.storage_key));
  });
  // Stopped between the file and the catalogue, it is deleted once more.
  await lifecycle({
    at: last,
    after: (step) => {
      if (step === 'file_deleted') throw new Error('killed');
    },
  }).catch(() => {});
  await lifecycle({ at: last });
  assert.deepEqual(await mine(), ['deleted', 'deleted']);
  for (const { storage_key } of made) await assert.rejects(stat(pathOf(storage_key)), /ENOENT/);
});

test('the archived values of a workspace go with it, and those that expire with HISTORY_DAYS', async () => {
  const gone = await app.tenant('gone');
  const old = await past(42, ['Goes'], (await gone.as('admin', 'Gina')).api);
  const kept = await past(42, ['Expires']);
  await lifecycle();
  await rows('delete from tenant where id = $1', [gone.tenant_id]);
  await lifecycle();
  const stateOf = async () =>
    Object.fromEntries((await archives(old.first_at)).map(({ of_tenant, state }) => [of_tenant ?? 'events', state]));
  assert.deepEqual(await stateOf(), {
    events: 'archived',
    [gone.tenant_id]: 'deleted',
    [tenant.tenant_id]: 'archived',
  });
  await lifecycle({ historyDays: 3_000 });
  assert.equal((await stateOf())[tenant.tenant_id], 'archived');
  await lifecycle({ historyDays: 900 });
  assert.equal((await stateOf())[tenant.tenant_id], 'deleted');
  assert.equal(kept.ids.length, 1);
});
