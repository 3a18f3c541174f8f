import assert from 'node:assert/strict';
import { appendFile, cp, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { type Client, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import {
  destination,
  type Forgery,
  forgeArchive,
  onOwner,
  passing,
  schedulesOff,
  scoresAtRest,
  source,
  traces,
} from '../../../test/harness/archive.ts';
import { lateEnd, wire } from '../../../test/harness/wire.ts';
import { seedTenant } from '../../../test/isolation/seed.ts';
import { loadDemo } from '../../demo/index.ts';
import { salesDemo } from '../../demo/sales/index.ts';
import { presetRoles } from '../../kernel/access/rights.ts';
import { createApiKey, roleIdsOf } from '../../kernel/identity/index.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { verifyAudit } from '../audit-verify.ts';
import { archivedTables, excludedTables, madeAnew } from './choices.ts';
import { enterTenant, readTable } from './content.ts';
import { exportTenant, hashTenant, importTenant } from './index.ts';
import { type ArchiveTable, archiveTables } from './tables.ts';

let here: TestApp;
let elsewhere: TestApp;
let demo: TestTenant;
let folder: string;
let work: string;

/** With all that a contact has several of. */
const contactInFull = {
  external_id: 'in-full',
  email: 'ada@work.example',
  email_label: 'Work',
  other_emails: [{ label: 'Home', value: 'ada@home.example' }],
  other_phones: [{ label: null, value: '+49 170 2' }],
  other_addresses: [
    { label: 'Home', street: 'Deich 2', city: 'Husum', region: null, postal_code: '25813', country: 'Germany' },
  ],
  sites: [{ label: 'Blog', value: 'https://ada.example' }],
  social_profiles: [{ label: 'LinkedIn', value: '@ada' }],
  birthday: '--02-29',
};

before(async () => {
  [here, elsewhere] = [await startTestApp(), await startTestApp()];
  work = await mkdtemp(join(tmpdir(), 'holdfast-archive-'));
  demo = await here.tenant('demo');
  const { api } = await demo.as('admin');
  await loadDemo(here.app.services.db, demo.tenant_id, salesDemo);
  await upload(api, 'contract.txt', 'What was agreed.');
  await upload(api, 'empty.txt', '');
  await api('POST', '/api/v1/custom-fields', { resource: 'contact', key: 'score', label: 'Score', type: 'decimal' });
  const odd = await api('POST', '/api/v1/contacts', {
    given_name: '“Ünï‮” \\ \' " \t=1+1',
    custom: { score: '12345678901234.5' },
  });
  assert.equal(odd.status, 201, JSON.stringify(odd.body));
  await api('DELETE', `/api/v1/contacts/${odd.body.id}`);
  await made(api, 'contacts', contactInFull);
  const member = await demo.as('member');
  await made(member.api, 'saved-views', { resource: 'contact', name: 'Mine alone' });
  const dashboard = await made(member.api, 'dashboards', { name: 'Mine alone' });
  await made(member.api, 'dashboard-tiles', {
    dashboard_id: dashboard,
    figure: 'won_value',
    grouping: 'none',
    chart: 'number',
    range: 'all',
    period: 'month',
  });
  await made(member.api, 'dashboard-mailings', {
    dashboard_id: dashboard,
    recipient_id: member.user_id,
    rhythm: 'daily',
  });
  // People are told of tasks that are due, each minute, also in a workspace that was imported.
  for (const app of [here, elsewhere]) await schedulesOff(app);
  await scoresAtRest(here, demo.tenant_id);
  folder = join(work, 'demo');
  await exportTenant(source(here, demo.tenant_id), folder);
});
after(async () => {
  await here.stop();
  await elsewhere.stop();
  await rm(work, { recursive: true, force: true });
});

async function made(api: Client, plural: string, body: object): Promise<string> {
  const answer = await api('POST', `/api/v1/${plural}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.id;
}

const forge = (whole: string, ...change: Forgery) => forgeArchive(whole, join(work, 'forged'), ...change);

async function upload(api: Client, name: string, text: string): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([text], { type: 'text/plain' }), name);
  const answer = await api('POST', '/api/v1/files?kind=upload', form);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.id;
}

/** A client of an imported workspace, as an administrator who was in it all along. */
async function administrator(app: TestApp, tenant_id: string): Promise<Client> {
  const key = await withContext(app.app.services.db, systemActor(tenant_id), async (ctx) => {
    const [role_id] = await roleIdsOf(ctx, ['admin']);
    return createApiKey(ctx, { name: 'Test', role_id: role_id! });
  });
  return app.client(key.key);
}

test('a workspace imported under another name, twice, beside itself and elsewhere, is equal, and answers the same', async () => {
  const hash = await hashTenant(source(here, demo.tenant_id));
  const { api } = await demo.as('admin');
  for (const [app, name] of [
    [here, 'beside'],
    [here, 'beside-2'],
    [elsewhere, 'moved'],
  ] as const) {
    const said: string[] = [];
    const { tenant_id, manifest } = await importTenant(
      { ...destination(app, name), say: (line) => line.startsWith(' ') || said.push(line) },
      folder,
    );
    assert.deepEqual(
      said,
      ['Storing its files', 'Writing its records', 'Comparing them with the archive'],
      'it takes minutes when it is large',
    );
    assert.equal(manifest.content_sha256, hash);
    assert.equal(await hashTenant(source(app, tenant_id)), hash);
    const copy = await administrator(app, tenant_id);
    const inFull = encodeURIComponent(JSON.stringify({ field: 'external_id', op: 'eq', value: 'in-full' }));
    const [moved] = (await copy('GET', `/api/v1/contacts?filter=${inFull}`)).body.data;
    assert.deepEqual({ ...moved, ...contactInFull }, moved);
    for (const path of [
      ...['contacts', 'companies', 'deals', 'users', 'teams', 'tasks', 'custom-fields', 'tags', 'pipelines'].map(
        (plural) => `/api/v1/${plural}?limit=200&count=true`,
      ),
      '/api/v1/analytics/dashboard',
      '/api/v1/search?q=an&limit=20',
    ]) {
      const [one, other] = [await api('GET', path), await copy('GET', path)];
      assert.equal(one.status, 200, path);
      // Of what was written the newest are answered, and mail is its owner's alone: a key of the copy has none.
      const shown = ({ next_cursor: _, written: __, ...body }: Record<string, unknown>) => body;
      assert.deepEqual(shown(other.body), shown(one.body), path);
    }
    const file = (await onOwner(app, (client) => client.query(`select id from file where tenant_id = '${tenant_id}'
      and name = 'contract.txt'`))).rows[0]; // biome-ignore format: one call
    assert.equal((await copy('GET', `/api/v1/files/${file.id}/content`)).body, 'What was agreed.');
  }
});

test('everything of a workspace is exported, also what only its owner sees', async () => {
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  await onOwner(here, async (client) => {
    await client.query('set role holdfast_system');
    const missing: string[] = [];
    for (const name of Object.keys(archivedTables).filter(
      (one) => !['tenant', 'audit_event', 'record_history'].includes(one),
    )) {
      const { rows } = await client.query(`select count(*)::int as n from ${name} where tenant_id = $1`, [
        demo.tenant_id,
      ]);
      if (manifest.tables[name].rows !== rows[0].n)
        missing.push(`${name}: ${manifest.tables[name].rows} of ${rows[0].n}`);
    }
    assert.deepEqual(missing, []);
    assert.ok(
      manifest.tables.saved_view.rows > 0 &&
        manifest.tables.dashboard_tile.rows > 0 &&
        manifest.tables.dashboard_mailing.rows > 0,
    );
  });
});

test('where a network cuts the end of a table in two, its rows are counted all the same', async () => {
  const databaseUrl = await lateEnd(here.database.appUrl);
  const workspace = source(here, demo.tenant_id);
  assert.equal(await hashTenant({ ...workspace, databaseUrl }), await hashTenant(workspace));
});

test('a connection that breaks is said to, and leaves neither an archive nor a workspace', async () => {
  const broken = async (databaseUrl: string, at: string) => {
    const network = await wire(databaseUrl, {
      toServer: (chunk, send) => {
        send(chunk);
        if (chunk.includes(at)) network.cut();
      },
    });
    return network.url;
  };
  const target = join(work, 'cut');
  const databaseUrl = await broken(here.database.appUrl, 'public."deal"');
  await assert.rejects(
    exportTenant({ ...source(here, demo.tenant_id), databaseUrl }, target),
    /terminated|ECONN|EPIPE/,
  );
  await assert.rejects(importTenant(destination(elsewhere, 'cut'), target), /no manifest.json/);
  const { rows } = await traces(elsewhere);
  const ownerUrl = await broken(elsewhere.database.ownerUrl, 'public."deal"');
  await assert.rejects(importTenant({ ...destination(elsewhere, 'cut'), ownerUrl }, folder), /terminated|ECONN|EPIPE/);
  const left = (await traces(elsewhere)).rows;
  assert.deepEqual({ ...left, file: rows.file }, rows);
});

test('what was left behind opens no account, and the trail accounts for the copy', async () => {
  const { tenant_id } = await importTenant(destination(elsewhere, 'audited'), folder);
  const report = await verifyAudit(elsewhere.database.ownerUrl);
  assert.deepEqual(report.findings, []);
  assert.equal(report.unpartitioned, 0);
  const names = await readdir(join(folder, 'tables'));
  for (const table of Object.keys(excludedTables)) assert.ok(!names.includes(`${table}.jsonl`), table);
  const text = (await Promise.all(names.map((name) => readFile(join(folder, 'tables', name), 'utf8')))).join('');
  assert.doesNotMatch(text, new RegExp(demo.tenant_id), 'the id of the workspace stays here');
  assert.doesNotMatch(text, /\$argon2id/);
  await onOwner(elsewhere, async (client) => {
    await client.query('set role holdfast_system');
    for (const table of Object.keys(excludedTables)) {
      if (passing.has(table)) continue;
      const { rowCount } = await client.query(`select from ${table} where tenant_id = $1`, [tenant_id]);
      assert.equal(rowCount, 0, table);
    }
  });
  assert.equal((await stat(join(folder, 'tables', 'contact.jsonl'))).mode & 0o077, 0, 'others can read it');
});

test('every table of a tenant is archivedTables along or left behind, with its name in the trail', async () => {
  await onOwner(here, async (client) => {
    const { rows } = await client.query<{ name: string; resource: string | null }>(`
      select c.relname as name, (select split_part(encode(t.tgargs, 'escape'), '\\000', 1) from pg_trigger t
        where t.tgrelid = c.oid and t.tgname = 'audit_insert') as resource
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`);
    const decided = [...Object.keys(archivedTables), ...Object.keys(excludedTables), ...madeAnew].filter(
      (name) => name !== 'tenant',
    );
    assert.deepEqual(decided.sort(), rows.map(({ name }) => name).sort());
    for (const { name, resource } of rows)
      if (excludedTables[name]) assert.equal(excludedTables[name].resource ?? null, resource, name);
    await client.query('create table stray (tenant_id uuid not null)');
    await assert.rejects(archiveTables(client), /whether an archive takes the table stray/);
    await client.query('drop table stray');
    // What is unique in the whole installation must not come from an archive.
    const { rows: everywhere } = await client.query(`
      select i.indrelid::regclass::text || '.' || a.attname as name from pg_index i join pg_class c on c.oid = i.indrelid
      join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
      where i.indisunique and c.relnamespace = 'public'::regnamespace and c.relname = any ($1) and not exists (
        select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id' and t.attnum = any (i.indkey))`,
      [Object.keys(archivedTables)]); // biome-ignore format: one statement
    assert.deepEqual(everywhere.map(({ name }) => name).sort(), ['file.storage_key', 'tenant.id', 'tenant.name']);
  });
});

/**
 * Begins a transaction that alters all tables while the program goes on: asks for all of them first, and again when
 * both waited for each other.
 */
async function beginAlone(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ names: string }>(
    "select string_agg(c.oid::regclass::text, ', ') as names from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')",
  );
  for (;;) {
    await client.query('begin');
    try {
      return void (await client.query(`lock table ${rows[0]!.names} in access exclusive mode`));
    } catch (error) {
      if ((error as pg.DatabaseError).code !== '40P01') throw error;
      await client.query('rollback');
    }
  }
}

test('the hash changes with any one value, and with nothing else', async () => {
  const { tenant_id } = await here.tenant('seeded');
  await onOwner(here, async (client) => {
    await beginAlone(client);
    await client.query('set local role holdfast_system');
    await seedTenant(client, tenant_id, 'seeded');
    // The search for duplicates, which begins with the commit, would delete what was seeded of them.
    await client.query('set constraints all immediate; reset role');
    await enterTenant(client, tenant_id);
    const tables = await archiveTables(client);
    const digestOf = async (table: ArchiveTable) => (await readTable(client, table)).sha256;
    await client.query('set local role holdfast_system');
    const before = new Map<string, string>();
    for (const table of tables) before.set(table.name, await digestOf(table));
    await client.query('reset role');
    const { rows: rules } = await client.query(
      `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop from pg_constraint
       where contype in ('c', 'f') and connamespace = 'public'::regnamespace and coninhcount = 0 and conparentid = 0`,
    );
    for (const rule of rules) await client.query(rule.drop);
    for (const { name } of tables)
      await client.query(`alter table ${name} disable trigger user; alter table ${name} no force row level security`);
    const overlooked: string[] = [];
    for (const table of tables) {
      const { name, columns } = table;
      const key = name === 'tenant' ? 'id' : 'tenant_id';
      for (const column of columns) {
        await client.query('savepoint cell');
        const { rowCount } = await client.query(`update ${name} set "${column}" = ${await otherValue(client, name, column)}
          where ${key} = $1`, [tenant_id]); // biome-ignore format: one call
        await client.query('set local role holdfast_system');
        if (rowCount === 0 || (await digestOf(table)) === before.get(name)) overlooked.push(`${name}.${column}`);
        await client.query('rollback to savepoint cell');
      }
    }
    assert.deepEqual(overlooked, []);
    // Rows that lie elsewhere in the table, and another order of the same writes.
    await client.query(`update role set tenant_id = tenant_id where tenant_id = $1 and key < 'm'`, [tenant_id]);
    await client.query('set local role holdfast_system');
    const roles = tables.find(({ name }) => name === 'role')!;
    assert.equal(await digestOf(roles), before.get('role'));
    await client.query('rollback');
  });
});

/** An expression for a value that a column does not have yet. */
async function otherValue(client: pg.Client, table: string, column: string): Promise<string> {
  const { rows } = await client.query(
    `select format_type(atttypid, null) as type from pg_attribute where attrelid = $1::regclass and attname = $2`,
    [table, column],
  );
  const name = `"${column}"`;
  // Of numbers that are counted from the first, not their size counts but how far they are apart.
  if (column === 'seq') return `${name} * 3`;
  const others: Record<string, string> = {
    text: `coalesce(${name}, '') || '~'`,
    character: `'XTS'`,
    uuid: 'app.uuid_v7()',
    boolean: `not coalesce(${name}, false)`,
    jsonb: `case jsonb_typeof(${name}) when 'array' then '[{"value": "other"}]' else '{"other": 1}' end::jsonb`,
    'text[]': `'{other}'`,
    'uuid[]': 'array[app.uuid_v7()]',
    date: `coalesce(${name}, '2000-01-01') + 1`,
    bytea: `'\\x00'`,
    inet: `'192.0.2.1'`,
    'timestamp with time zone': `coalesce(${name}, '2000-01-01') + interval '1 millisecond'`,
  };
  return others[rows[0].type] ?? `coalesce(${name}, 0) + 1`;
}

test('a damaged, foreign, older or newer archive is refused with its reason, and nothing is left of it', async () => {
  const { manifest } = JSON.parse(`{"manifest": ${await readFile(join(folder, 'manifest.json'), 'utf8')}}`);
  const files = await readdir(join(folder, 'files'));
  const flipByte = async (path: string) => {
    const bytes = await readFile(path);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    await writeFile(path, bytes);
  };
  const full = (await Promise.all(files.map(async (id) => ((await stat(join(folder, 'files', id))).size > 0 ? id : [])))).flat()[0]!; // biome-ignore format: one call
  const rewritten = (change: object) => (dir: string) =>
    writeFile(join(dir, 'manifest.json'), JSON.stringify({ ...manifest, ...change }));
  const damages: [string, (dir: string) => Promise<unknown>, RegExp][] = [
    ['a flipped byte of a table', (dir) => flipByte(join(dir, 'tables', 'contact.jsonl')), /tables\/contact\.jsonl.* is damaged/],
    ['a flipped byte of a file', (dir) => flipByte(join(dir, 'files', full)), new RegExp(`files/${full}.* is damaged`)],
    ['a flipped byte of the manifest', (dir) => flipByte(join(dir, 'manifest.json')), /manifest\.json is damaged/],
    ['a row too many', (dir) => appendFile(join(dir, 'tables', 'tag.jsonl'), '{}\n'), /tables\/tag\.jsonl.* is damaged/],
    ['a table missing', (dir) => rm(join(dir, 'tables', 'deal.jsonl')), /lacks tables\/deal\.jsonl/],
    ['a file missing', (dir) => rm(join(dir, 'files', full)), new RegExp(`lacks files/${full}`)],
    ['no manifest', (dir) => rm(join(dir, 'manifest.json')), /no exported workspace, or its export did not end/],
    ['another format', rewritten({ format: 'other' }), /not that of an exported workspace/],
    ['a newer format', rewritten({ format_version: 2 }), /newer Holdfast made it .* Update this installation/],
    ['an older format', rewritten({ format_version: 0 }), /too old\. Export the workspace again/],
    ['a changed number', rewritten({ files: { count: 7, size_bytes: 7 } }), /manifest\.json is damaged/],
    ['a link for a file', async (dir) => {
      await rename(join(dir, 'files', full), join(dir, 'elsewhere'));
      await symlink(join(dir, 'elsewhere'), join(dir, 'files', full));
    }, /no plain file/],
    ['a link for a folder', async (dir) => {
      await rename(join(dir, 'tables'), join(dir, 'other'));
      await symlink(join(dir, 'other'), join(dir, 'tables'));
    }, /no plain folder/],
  ]; // biome-ignore format: a table
  const before = await traces(elsewhere);
  for (const [what, damage, reason] of damages) {
    const dir = join(work, 'damaged');
    await cp(folder, dir, { recursive: true });
    await damage(dir);
    await assert.rejects(importTenant(destination(elsewhere, 'damaged'), dir), reason, what);
    await rm(dir, { recursive: true });
  }
  assert.deepEqual(await traces(elsewhere), before);
});

test('an archive that was put together by hand reaches no other path and breaks no rule of the database', async () => {
  // Little of everything that is forged: most of these archives are read to their end before they are refused.
  const small = await here.tenant('small');
  const { api } = await small.as('admin');
  await upload(api, 'note.txt', 'A note.');
  for (const [path, name] of [['companies', 'name'], ['contacts', 'given_name'], ['deals', 'name']] as const) // biome-ignore format: a table
    await made(api, path, { [name]: 'One' });
  const whole = join(work, 'small');
  await exportTenant(source(here, small.tenant_id), whole);
  const before = await traces(elsewhere);
  const refused = async (change: (tables: Record<string, string>) => void, reason: RegExp) =>
    assert.rejects(importTenant(destination(elsewhere, 'forged'), await forge(whole, change)), reason);
  await refused((tables) => {
    tables['../../../etc/passwd'] = '';
  }, /knows nothing of “\.\.\/\.\.\/\.\.\/etc\/passwd”/);
  await refused((tables) => {
    tables.file = tables.file!.replace(/"id": "[^"]+"/, '"id": "../../../etc/passwd"');
  }, /a line that is no file/);
  await refused((tables) => {
    tables.file = tables.file!.replace('"kind": "upload"', '"kind": "../x"');
  }, /a line that is no file/);
  await refused((tables) => {
    tables.deal = tables.deal!.replace(/"stage_id": "[^"]+"/, '"stage_id": "01900000-0000-7000-8000-000000000000"');
  }, /tables\/deal\.jsonl breaks a rule: .*foreign key/);
  await refused((tables) => {
    tables.contact = `${tables.contact!.split('\n')[0]}\n${tables.contact}`;
  }, /tables\/contact\.jsonl breaks a rule: duplicate key/);
  // Written as the database writes it, which the import compares.
  const rightsOf = (line: string) => /"rights": \{.*?\}\}/.exec(line)![0];
  const lineOf = (text: string, key: string) => text.split('\n').find((line) => JSON.parse(line).key === key)!;
  const composed = (line: string, rights: object) =>
    line
      .replace(rightsOf(line), `"rights": ${JSON.stringify(rights).replaceAll(':', ': ')}`)
      .replace('"preset": true', '"preset": false');
  for (const rights of [
    { '*': 'all' },
    { contact: { read: 'everything' } },
    { nothing: { read: 'all' } },
    { tag: { read: 'own' } },
  ])
    await refused((tables) => {
      const viewer = lineOf(tables.role!, 'viewer');
      tables.role = tables.role!.replace(viewer, composed(viewer, rights));
    }, /The role “Viewer” of the archive has rights that no role can have/);
  await refused((tables) => {
    tables.tenant = tables.tenant!.repeat(2);
  }, /tables\/tenant\.jsonl breaks a rule/);
  await refused((tables) => {
    tables.company = tables.company!.replace('{', '{"smuggled": true, ');
  }, /What was read from tables\/company\.jsonl is not what it says/);
  assert.deepEqual(await traces(elsewhere), before);
  const wide = await forge(whole, (tables) => {
    const [viewer, admin] = [lineOf(tables.role!, 'viewer'), lineOf(tables.role!, 'admin')];
    tables.role = tables.role!.replace(viewer, viewer.replace(rightsOf(viewer), rightsOf(admin)));
  });
  const { tenant_id } = await importTenant(destination(elsewhere, 'forged-preset'), wide);
  const roles = (await (await administrator(elsewhere, tenant_id))('GET', '/api/v1/roles?limit=200')).body.data;
  for (const { key, rights } of presetRoles())
    assert.deepEqual(roles.find((role: { key: string }) => role.key === key).rights, rights, key);
});

test('of names that look alike, as an older release let them be, the younger ones get a number, said and in the trail', async () => {
  const tenant = await here.tenant();
  const { api, user_id } = await tenant.as('admin');
  const tags: Record<string, string> = {};
  for (const name of ['Sales', 'sales (2)', 'Third', 'Fourth']) tags[name] = await made(api, 'tags', { name });
  const views: string[] = [];
  for (const resource of ['contact', 'contact', 'company'])
    views.push(await made(api, 'saved-views', { resource, name: `Mine ${views.length}` }));
  const role = await made(api, 'roles', { name: 'Helper', rights: {} });
  const whole = join(work, 'alike');
  await exportTenant(source(here, tenant.tenant_id), whole);
  const folder = await forge(whole, (tables) => {
    for (const name of ['tag', 'record_history'])
      tables[name] = tables[name]!.replaceAll('"Third"', '"sales"').replaceAll('"Fourth"', '"SALES"');
    for (const name of ['saved_view', 'record_history'])
      tables[name] = tables[name]!.replaceAll('"Mine 0"', '"Mine"').replaceAll('"Mine 1"', '"mine"').replaceAll('"Mine 2"', '"mine"');
    tables.role = tables.role!.replaceAll('"Helper"', '"viewer"');
  }); // biome-ignore format: one call a line
  const said: string[] = [];
  const { tenant_id, renamed } = await importTenant(
    { ...destination(elsewhere, 'alike'), say: (line) => said.push(line) },
    folder,
  );
  const copy = await administrator(elsewhere, tenant_id);
  const namesOf = async (path: string) =>
    Object.fromEntries((await copy('GET', path)).body.data.map(({ id, name }: Record<string, string>) => [id, name]));
  const found = await namesOf('/api/v1/tags?limit=200');
  assert.deepEqual(Object.keys(tags).map((name) => found[tags[name]!]), ['Sales', 'sales (2)', 'sales (3)', 'SALES (4)']); // biome-ignore format: a row
  const roles = await namesOf('/api/v1/roles?limit=200');
  assert.ok(Object.values(roles).includes('Viewer'), 'those of the program keep their names');
  assert.equal(roles[role], 'viewer (2)');
  const ofViews = await onOwner(elsewhere, async (client) => {
    await client.query('set role holdfast_system');
    return (await client.query('select name from saved_view where tenant_id = $1 and owner_id = $2 order by id', [tenant_id, user_id])).rows; // biome-ignore format: one call
  });
  assert.deepEqual(ofViews.map(({ name }) => name), ['Mine', 'mine (2)', 'mine']); // biome-ignore format: a row
  assert.deepEqual(renamed.map(({ from, to }) => `${from} > ${to}`).sort(), ['SALES > SALES (4)', 'mine > mine (2)', 'sales > sales (3)', 'viewer > viewer (2)']); // biome-ignore format: a row
  assert.ok(said.includes('Renamed the tag “sales” to “sales (3)”: there was one like it'), said.join('\n'));
  const { findings } = await verifyAudit(elsewhere.database.ownerUrl);
  assert.deepEqual(
    findings.filter(({ table, what }) => table === 'tag' && what !== 'altered'),
    [],
  );
  const [event] = (await copy('GET', `/api/v1/audit-events?resource=tag&record_id=${tags.Third}&limit=1`)).body.data;
  assert.deepEqual([event.action, event.fields], ['update', ['name']], JSON.stringify(event));
});

test('an archive of before entries were about several records is imported, each with the records that it named', async () => {
  const tenant = await here.tenant();
  const { api } = await tenant.as('admin');
  const tag = await made(api, 'tags', { name: 'Key' });
  const contact = await made(api, 'contacts', { given_name: 'Ada', tags: [tag] });
  const [company, deal] = [await made(api, 'companies', { name: 'Mill' }), await made(api, 'deals', { name: 'Big' })];
  const records = [
    { type: 'deal', id: deal },
    { type: 'contact', id: contact },
    { type: 'company', id: company },
  ];
  const note = await made(api, 'notes', { body: '<p>Said</p>', records });
  const call = await made(api, 'activities', { kind: 'call', subject: 'Rang', records: records.slice(2) });
  const bare = await made(api, 'tasks', { title: 'Of nothing' });
  const task = await made(api, 'tasks', { title: 'Ask', records: records.slice(1) });
  const comment = await made(api, 'comments', { body: '<p>Well</p>', record_id: contact });
  const of = { op: 'eq', value: deal };
  const about = { op: 'in', value: [contact, company] };
  // Today's form of a view, and that of before.
  const views: Record<string, [resource: string, filter: object, before: object]> = {
    Mine: ['task', { field: 'status', op: 'eq', value: 'open' }, { and: [{ field: 'deal_id', ...of }, { field: 'company_id', op: 'not_empty' }] }],
    Theirs: ['note', { field: 'pinned', op: 'eq', value: true }, { or: [{ field: 'contact_id', ...about }, { field: 'record_id', op: 'ne', value: deal }] }],
    Noted: ['contact', { any: 'notes' }, { any: 'notes', where: { field: 'deal_id', ...of } }],
  }; // biome-ignore format: a view a line
  const kept: Record<string, string> = {};
  for (const [name, [resource, filter]] of Object.entries(views))
    kept[name] = await made(api, 'saved-views', { resource, name, filter, sort: '-created_at', shared: true });
  const whole = join(work, 'before');
  await exportTenant(source(here, tenant.tenant_id), whole);
  const typeOf = new Map(records.map(({ type, id }) => [id, `${type}_id`]));
  const none = { deal_id: null, contact_id: null, company_id: null, record_id: null };
  const entries = ['note', 'task', 'activity'];
  const tables = [...entries, 'comment', 'record_tag', 'follower'];
  const lines: Record<string, string> = {};
  const columns: Record<string, string[]> = {};
  await onOwner(here, async (client) => {
    for (const name of tables) {
      const rows = (await readFile(join(whole, 'tables', `${name}.jsonl`), 'utf8')).split('\n').filter(Boolean);
      lines[name] = '';
      for (const line of rows) {
        const { records: named, record_id, ...row } = JSON.parse(line);
        const old = { ...row, ...none };
        for (const id of named ?? [record_id]) old[typeOf.get(id)!] = id;
        columns[name] = Object.keys(old).sort();
        // As the database writes it: what was exported then had this form.
        lines[name] +=
          `${(await client.query('select $1::jsonb::text as line', [JSON.stringify(old)])).rows[0].line}\n`;
      }
    }
    const stored = (await readFile(join(whole, 'tables', 'saved_view.jsonl'), 'utf8')).split('\n').filter(Boolean);
    lines.saved_view = '';
    for (const line of stored) {
      const view = JSON.parse(line);
      if (!views[view.name]) continue;
      view.filter = views[view.name]![2];
      view.columns = { order: ['title', 'company_id', 'deal_id', 'due_at'], hidden: ['deal_id', 'status'], widths: { company_id: 90 }, pinned: [] }; // biome-ignore format: a view
      view.arrangement = { group: 'company_id' };
      lines.saved_view += `${(await client.query('select $1::jsonb::text as line', [JSON.stringify(view)])).rows[0].line}\n`;
    }
  });
  const folder = await forge(whole, (texts) => Object.assign(texts, lines, { subject: '' }), columns);
  const { tenant_id } = await importTenant(destination(elsewhere, 'of-before'), folder);
  const copy = await administrator(elsewhere, tenant_id);
  const namesOf = async (path: string) =>
    (await copy('GET', `/api/v1/${path}`)).body.records.map(({ name }: { name: string }) => name);
  assert.deepEqual(await namesOf(`notes/${note}`), ['Big', 'Ada', 'Mill']);
  assert.deepEqual(await namesOf(`activities/${call}`), ['Mill']);
  assert.deepEqual(await namesOf(`tasks/${task}`), ['Ada', 'Mill']);
  assert.deepEqual(await namesOf(`tasks/${bare}`), []);
  assert.equal((await copy('GET', `/api/v1/comments/${comment}`)).body.record.name, 'Ada');
  const { body } = await copy('GET', `/api/v1/contacts/${contact}/timeline?kinds=note,task,comment,activity`);
  assert.deepEqual(
    body.data.map(({ kind }: { kind: string }) => kind),
    ['comment', 'task', 'note'],
  );
  assert.equal((await copy('GET', `/api/v1/contacts/${contact}`)).body.tags[0].name, 'Key');
  const read = async (path: string) => (await copy('GET', `/api/v1/${path}`)).body;
  const [mine, theirs, noted] = await Promise.all(Object.values(kept).map((id) => read(`saved-views/${id}`)));
  assert.deepEqual(mine.filter, { and: [{ field: 'records', op: 'has', value: deal }, { any: 'company' }] });
  assert.deepEqual(mine.columns, { order: ['title', 'records', 'due_at'], hidden: ['status'], widths: { records: 90 }, pinned: [] }); // biome-ignore format: a view
  assert.deepEqual([mine.sort, mine.arrangement], ['-created_at', {}]);
  assert.deepEqual(noted.columns.order, ['title', 'company_id', 'deal_id', 'due_at'], 'contacts have their companies');
  const found = await read(`contacts?filter=${encodeURIComponent(JSON.stringify(noted.filter))}`);
  assert.deepEqual([found.data.length, theirs.filter.or.length], [1, 2]);
});
