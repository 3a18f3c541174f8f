import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Client, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { FileError, type FileStore } from '../../kernel/files/file-store.ts';
import { verifyAudit } from '../audit-verify.ts';
import type { Run, Step } from './archive.ts';
import { runLifecycle } from './run.ts';

/** Events are made by real writes and then moved into the past, a month for each test. */
let app: TestApp;
let tenant: TestTenant;
let other: TestTenant;
let api: Client;
let owner: pg.Client;

const rows = async (text: string, values: unknown[] = []) => (await owner.query(text, values)).rows;

before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  tenant = await app.tenant('acme');
  other = await app.tenant('other');
  ({ api } = await tenant.as('admin', 'Ada'));
  owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
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
