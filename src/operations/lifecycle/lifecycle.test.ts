import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { systemClient } from '../../../test/harness/identity.ts';
import { importNow } from '../../../test/harness/import.ts';
import { sql } from '../../kernel/database/database.ts';
import { FileError, type FileStore } from '../../kernel/files/file-store.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { verifyAudit } from '../audit-verify.ts';
import { allFiles } from '../backup/files.ts';
import type { Run, Step } from './archive.ts';
import type { LifecycleReport } from './contract.ts';
import { runLifecycle } from './run.ts';

/** Events are made by real writes and then moved into the past, a month for each test. */
let app: TestApp;
let tenant: TestTenant;
let other: TestTenant;
let api: Client;
let owner: pg.Client;
let operator: Client;

const rows = async (text: string, values: unknown[] = []) => (await owner.query(text, values)).rows;

before(async () => {
  app = await startTestApp({});
  tenant = await app.tenant('acme');
  other = await app.tenant('other');
  ({ api } = await tenant.as('admin', 'Ada'));
  owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  app.app.services.config.DATABASE_URL = app.database.ownerUrl;
  const { user_id } = await tenant.as('viewer', 'Olga');
  operator = await tenant.signedIn('viewer', 'Olga');
  await owner.query(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    tenant.tenant_id,
    user_id,
  ]);
});
after(async () => {
  await owner.end();
  await app.stop();
});

const create = async (of: Client, given_name: string) =>
  (await of('POST', '/api/v1/contacts', { given_name })).body.id as string;

/** Makes contacts whose events and values are of the middle of a month so many months ago. */
async function past(
  months: number,
  names: string[],
  of: Client = api,
): Promise<{ ids: string[]; table: string; first_at: Date }> {
  const ids: string[] = [];
  for (const name of names) ids.push(await create(of, name));
  await rows('select app.ensure_partitions(-$1::int, $1::int)', [months]);
  for (const table of ['audit_event', 'record_history'])
    await rows(
      `with s as (select date_trunc('month', now() - make_interval(months => $2), 'UTC') + interval '14 days' as at)
       update ${table} t set at = s.at from s where t.record_id = any ($1)`,
      [ids, months],
    );
  const [found] = await rows(
    `select distinct tableoid::regclass::text as table, date_trunc('month', at, 'UTC') as first_at from audit_event where record_id = any ($1)`,
    [ids],
  );
  return { ids, table: found.table.replace('public.', ''), first_at: found.first_at };
}

const lifecycle = async (given: Partial<Run> = {}) => {
  const client = new pg.Client({ connectionString: app.database.ownerUrl, application_name: 'holdfast-lifecycle' });
  client.on('error', () => {});
  await client.connect();
  const { files, keyRing: ring, log } = app.app.services;
  const run = { client, files, ring, log, at: new Date(), archiveMonths: 24, deleteYears: 7, historyDays: 0 };
  await runLifecycle({ ...run, ...given }).finally(() => client.end());
};

const there = async (table: string) =>
  (await rows('select to_regclass($1) is not null as there', [`public.${table}`]))[0].there;
const archives = (first_at: Date) =>
  rows(
    'select id, source, state, storage_key, row_count::int, of_tenant from lifecycle_archive where first_at = $1 order by source',
    [first_at],
  );
const pathOf = (key: string) => join(app.app.services.config.HOLDFAST_DATA, 'files', key);

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
  const verify = (store: FileStore = files) => verifyAudit(app.database.ownerUrl, { files: store, ring });
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
  const events = async () => (await api('GET', `/api/v1/audit-events?record_id=${old.ids[0]}`)).body.data;
  const [event] = await events();
  assert.deepEqual([event.action, event.after.given_name], ['create', 'Returned']);
  const { files, keyRing: ring } = app.app.services;
  assert.deepEqual((await verifyAudit(app.database.ownerUrl, { files, ring })).findings, []);
  const before = (await archives(old.first_at)).map(({ id, storage_key }) => [id, storage_key]);
  await lifecycle();
  assert.equal((await events()).length, 1, 'it stays for its days');
  await lifecycle({ at: new Date(Date.now() + 4 * 86_400_000) });
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

test('wherever it stops, the database or a whole file has everything, and the next run completes it', async () => {
  const steps: Step[] = ['begun', 'written', 'verified', 'detached', 'removed'];
  for (const [i, stop] of steps.entries()) {
    for (const source of ['record_history', 'audit_event']) {
      const old = await past(31 + i, [`Stopped ${stop}`]);
      const crash = lifecycle({
        after: (step, archive) => {
          if (step === stop && archive.source === source) throw new Error(`killed after ${step}`);
        },
      });
      await assert.rejects(crash, /killed after/, `${stop} ${source}`);
      const live =
        (await there(old.table)) && (await rows(`select from ${old.table} where record_id = $1`, [old.ids[0]])).length;
      const whole = (await archives(old.first_at)).filter(
        ({ source: of, state }) => of === 'audit_event' && !['writing', 'deleted'].includes(state),
      );
      for (const { storage_key } of whole) await stat(pathOf(storage_key));
      assert.ok(live || whole.length > 0, `${stop} ${source}: nothing has the events`);
      await lifecycle();
      const all = await archives(old.first_at);
      assert.equal(await there(old.table), false, `${stop} ${source}`);
      assert.ok(
        all.every(({ state }) => state === 'archived'),
        JSON.stringify(all),
      );
      assert.deepEqual(all.map(({ source: of, row_count }) => [of, row_count]).slice(-1), [['record_history', 1]]);
      assert.equal((await rows('select from record_history where record_id = $1', [old.ids[0]])).length, 0);
    }
  }
});

test('a process that is killed with its connections leaves nothing half done', async () => {
  const old = await past(37, ['Killed']);
  for (const stop of ['written', 'detached'] as const) {
    await lifecycle({
      after: (step, { source }) => {
        if (step === stop && source === 'audit_event') throw new Error('killed');
      },
    }).catch(() => {});
    await rows(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'holdfast-lifecycle'`);
  }
  await lifecycle();
  assert.deepEqual(
    (await archives(old.first_at)).map(({ state }) => state),
    ['archived', 'archived'],
  );
});

test('a file that the store damaged is not believed: the month stays in the database, and why is told', async () => {
  const old = await past(38, ['Damaged']);
  const { files } = app.app.services;
  const damaging: FileStore = Object.create(files, {
    get: {
      value: async (key: string) => {
        const bytes = await buffer(await files.get(key));
        bytes[bytes.length - 1]! ^= 1;
        return Readable.from([bytes]);
      },
    },
  });
  await assert.rejects(lifecycle({ files: damaging }), /periods could not be archived/);
  assert.equal((await rows(`select from ${old.table}`)).length, 1);
  const [failed] = await rows('select state, error from lifecycle_archive where first_at = $1', [old.first_at]);
  assert.equal(failed.state, 'writing');
  assert.match(failed.error, /changed, cut off/);
  await lifecycle();
  assert.equal(await there(old.table), false);
});

test('what comes to a month while it is archived is in the file too', async () => {
  const old = await past(39, ['First']);
  let late = '';
  await lifecycle({
    after: async (step, { source }) => {
      if (step !== 'verified' || source !== 'audit_event' || late) return;
      late = (await past(39, ['Late'])).ids[0]!;
    },
  });
  assert.equal(await there(old.table), false);
  const [events] = await archives(old.first_at);
  assert.deepEqual([events!.source, events!.state, events!.row_count], ['audit_event', 'archived', 2]);
  // Its value waits for the next run.
  assert.equal((await rows('select from record_history where record_id = $1', [late])).length, 1);
  await lifecycle();
  assert.equal((await rows('select from record_history where record_id = $1', [late])).length, 0);
});

test('nobody waits for the trail longer than a tenth of a second at a time, whoever holds it', async () => {
  const old = await past(40, ['Busy']);
  const reader = new pg.Client({ connectionString: app.database.ownerUrl });
  await reader.connect();
  await reader.query('begin; lock table audit_event in access share mode');
  let done = false;
  const running = lifecycle().finally(() => {
    done = true;
  });
  const waits: number[] = [];
  for (const until = Date.now() + 1_500; Date.now() < until; ) {
    const began = performance.now();
    await rows(`insert into audit_event (tenant_id, action, resource) values ($1, 'signal', 'contact')`, [
      tenant.tenant_id,
    ]);
    waits.push(performance.now() - began);
    await sleep(5);
  }
  assert.equal(done, false, 'the reader kept it from detaching');
  assert.equal(await there(old.table), true);
  await reader.query('rollback');
  await reader.end();
  await running;
  assert.equal(await there(old.table), false);
  assert.ok(Math.max(...waits) < 300, `a writer waited ${Math.max(...waits)} ms`);
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

/** As long as it runs, what the condition says is held. */
async function holding(condition: string, work: () => Promise<void>): Promise<void> {
  const define = (body: string) =>
    rows(`set role holdfast_system; create or replace function app.is_held(kind text, of_tenant uuid, first_at timestamptz, end_at timestamptz) returns boolean
      language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$ select ${body} $$; reset role`);
  await define(condition);
  await work().finally(() => define('false'));
}
