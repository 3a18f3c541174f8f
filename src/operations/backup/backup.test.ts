import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { client } from '../../../test/harness/app.ts';
import { eventually } from '../../../test/harness/eventually.ts';
import { type HoldfastProcess, holdfast, startProcess } from '../../../test/harness/process.ts';
import { startApp } from '../../app.ts';
import { loadConfig } from '../../kernel/config/config.ts';
import { stopLeftovers } from '../../kernel/database/embedded/processes.ts';
import { embeddedSuperuserUrl } from '../../kernel/database/embedded.ts';
import { readMasterKeys } from '../../kernel/installation.ts';
import { BackupStore, backupRing, openBackupFiles } from './backup-store.ts';
import { coverage, parseLsn, parsePiece, segmentStart } from './lsn.ts';
import { type Proof, proveBackup } from './prove.ts';
import { chooseBackup } from './restore.ts';

/** An installation that runs, with its backup store beside it. */
let parent: string;
let data: string;
let backups: string;
let server: HoldfastProcess;
let key: string;
let id: string;
const begun = new Set<HoldfastProcess>();

const environment = (more: Record<string, string> = {}) => ({ HOLDFAST_DATA: data, BACKUP_DIR: backups, ...more });

async function start(dir: string): Promise<HoldfastProcess> {
  const begins = await startProcess(['--empty', '--data', dir], { BACKUP_DIR: backups });
  begun.add(begins);
  return begins;
}

const api = (method: string, path: string, body?: unknown) => client(server.url, key)(method, `/api/v1/${path}`, body);

async function add(name: string): Promise<string> {
  const { status, body } = await api('POST', 'companies', { name });
  assert.equal(status, 201, JSON.stringify(body));
  return body.id;
}

const folder = (kind: string) => join(backups, id, kind);

/** Asks the database that runs on a data directory, as its superuser. */
async function asked(sql: string, dir = data) {
  const superuser = new pg.Client({ connectionString: embeddedSuperuserUrl(dir)! });
  await superuser.connect();
  return superuser.query(sql).finally(() => superuser.end());
}

/** Until the log up to now is in the backup store. A segment that ends is sent at once, others after some seconds. */
async function shipped(): Promise<void> {
  const { rows } = await asked('select pg_switch_wal()::text as lsn');
  const end = parseLsn(rows[0].lsn);
  await eventually(async () => {
    const pieces = (await readdir(folder('wal')).catch(() => [])).map(parsePiece);
    // What was flushed before may end in the middle of the segment.
    const timelines = new Set(pieces.map(({ timeline }) => timeline));
    return [...timelines].some((timeline) => coverage(pieces, timeline, segmentStart(end - 1n)).to >= end);
  }, 90_000);
}

const run = async <Answer>(...args: string[]): Promise<Answer> =>
  JSON.parse(await holdfast([...args, '--json'], environment())) as Answer;

/** The outcome of a proof of the newest backup, as the command line makes it. */
async function proof(): Promise<Proof> {
  const config = loadConfig([], environment());
  const masterKeys = await readMasterKeys(config);
  const store = openBackupFiles(config)!;
  const kept = new BackupStore(store, id, backupRing(masterKeys));
  try {
    return await proveBackup(kept, await chooseBackup(kept), { config, masterKeys, start: startApp, say: () => {} });
  } finally {
    store.close();
  }
}

const failures = ({ checks }: Proof) =>
  checks.filter(({ passed }) => !passed).map(({ name, detail }) => `${name}: ${detail}`);

before(async () => {
  parent = await mkdtemp('/tmp/holdfast-backup-');
  [data, backups] = [join(parent, 'data'), join(parent, 'place')];
  server = await start(data);
  await holdfast(['tenant', 'create', '--name', 'acme'], environment());
  key = await holdfast(['api-key', 'create', '--tenant', 'acme', '--role', 'admin'], environment());
});
after(async () => {
  for (const process of begun) await process.stop();
  for (const cluster of (await readdir(parent)).map((name) => join(parent, name, 'postgres')))
    if (existsSync(cluster)) await stopLeftovers(cluster, () => {});
  await rm(parent, { recursive: true, force: true });
});

async function upload(text: string): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([text], { type: 'text/plain' }), 'contract.txt');
  const { status, body } = await client(server.url, key)('POST', '/api/v1/files?kind=upload', form);
  assert.equal(status, 201, JSON.stringify(body));
  return body.id;
}

test('what is written while a backup is made does not disturb it, and a restore of it proves equal', async () => {
  // The first backup is made as soon as there is an installation.
  const installations = async () => (await readdir(backups).catch(() => [])).filter((name) => /^\d+$/.test(name));
  await eventually(async () => (await installations()).length > 0, 60_000);
  [id] = (await installations()) as [string];
  await eventually(async () => (await readdir(folder('proof')).catch(() => [])).length > 0, 60_000);
  await upload('What was agreed.');
  let ended = false;
  const writing = (async () => {
    for (let i = 0; !ended; i++) await add(`Busy ${i}`);
  })();
  const made = await run<{ id: string; files: { count: number } }>('backup', 'now');
  ended = true;
  await writing;
  assert.equal(made.files.count, 1);
  const proven = await run<Proof>('backup', 'prove');
  assert.equal(proven.backup, made.id);
  assert.deepEqual(failures(proven), []);
  assert.deepEqual(
    proven.checks.map(({ name }) => name),
    ['restore', 'application', 'indexes', 'content', 'audit', 'files'],
  );
  const listed = await run<{ id: string; proof: Proof | null }[]>('backup', 'list');
  assert.deepEqual(
    listed.map((one) => [one.id, one.proof?.passed]),
    [...listed.slice(0, -1).map((one) => [one.id, true]), [made.id, true]],
  );
  assert.ok(listed.length >= 2);
});

test('each kind of damage in the backup store fails the proof, with its reason', async () => {
  // A running program would notice the damage itself, and begin with a backup of its own.
  await server.stop();
  const whole = join(parent, 'whole');
  await cp(backups, whole, { recursive: true });
  const flip = async (file: string, at: number) => {
    const bytes = await readFile(file);
    bytes[at < 0 ? bytes.length + at : at]! ^= 1;
    await writeFile(file, bytes);
  };
  const newest = async (kind: string) => join(folder(kind), (await readdir(folder(kind))).sort().at(-1)!);
  const manifest = (await newest('backup')).split('/').at(-1)!;
  const pieces = (await readdir(folder('wal'))).sort();
  const file = join(folder('file'), (await readdir(folder('file')))[0]!);
  const base = join(folder('base'), manifest);
  const changed = /changed, cut off, moved, or sealed with another key/;
  const damages: [what: string, damage: () => Promise<unknown>, reason: RegExp][] = [
    ['a bit of the base', () => flip(base, 100_000), changed],
    ['the end of the base', () => truncate(base, 1_000_000), changed],
    ['no base', () => rm(base), /There is no file .*base/],
    ['a bit of a file', () => flip(file, 40), changed],
    ['no file', () => rm(file), /files: There is no file/],
    ['another file', () => cp(base, file), changed],
    [
      'a bit of the log',
      async () => {
        for (const piece of pieces) await flip(join(folder('wal'), piece), 60);
      },
      changed,
    ],
    [
      'a gap in the log',
      async () => {
        for (const piece of pieces.slice(1)) await rm(join(folder('wal'), piece));
      },
      /is missing in the backup store/,
    ],
    [
      'pieces of the log that changed places',
      async () => {
        const [one, other] = [join(folder('wal'), pieces.at(-2)!), join(folder('wal'), pieces.at(-1)!)];
        await rename(one, `${one}.x`);
        await rename(other, one);
        await rename(`${one}.x`, other);
      },
      changed,
    ],
  ];
  for (const [what, damage, reason] of damages) {
    await damage();
    const found = failures(await proof());
    assert.ok(found.length > 0 && reason.test(found.join('\n')), `${what}: ${found.join('\n') || 'not seen'}`);
    await rm(backups, { recursive: true });
    await cp(whole, backups, { recursive: true });
  }
  await flip(await newest('backup'), -1);
  await assert.rejects(holdfast(['backup', 'prove'], environment()), changed, 'a bit of the catalogue');
  await rm(backups, { recursive: true });
  await cp(whole, backups, { recursive: true });
  const both = await Promise.allSettled([proof(), proof()]);
  const done = both.flatMap((one) => (one.status === 'fulfilled' ? [failures(one.value)] : []));
  const refused = both.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  assert.deepEqual(done, [[]], `whole again: ${refused.join('; ')}`);
  assert.match(refused.join('; '), /being proven already/, 'one at a time');
  server = await start(data);
});

test('an index that was broken before the backup fails the proof', async () => {
  await asked('create table public.shelf (n int); create index shelf_n on public.shelf (n)');
  await asked(`update pg_index set indisready = false where indexrelid = 'public.shelf_n'::regclass`);
  await asked('insert into public.shelf values (1)');
  await asked(`update pg_index set indisready = true where indexrelid = 'public.shelf_n'::regclass`);
  await run('backup', 'now');
  assert.match(failures(await proof()).join(), /indexes: The index shelf_n is broken/);
  await asked('drop table public.shelf');
});

test('one workspace comes back as it was, beside or in place of what it is now, and no other changes', async () => {
  await holdfast(['tenant', 'create', '--name', 'other'], environment());
  const otherKey = await holdfast(['api-key', 'create', '--tenant', 'other', '--role', 'admin'], environment());
  const other = client(server.url, otherKey);
  const record = await add('As it was');
  await run('backup', 'now');
  const file = await upload('After the backup.');
  const hash = async () => (await run<{ content_sha256: string }>('tenant', 'hash', 'acme')).content_sha256;
  let [content_sha256, at] = ['', ''];
  // What follows from the changes, such as suspected duplicates, is done a little later.
  await eventually(async () => {
    content_sha256 = await hash();
    at = ((await asked('select clock_timestamp() as at')).rows[0].at as Date).toISOString();
    return (await hash()) === content_sha256;
  }, 60_000);
  assert.equal((await api('PATCH', `companies/${record}`, { name: 'Spoilt' })).status, 200);
  const later = await add('Later');
  const { body: others } = await other('POST', '/api/v1/companies', { name: 'Of others' });
  await shipped();
  const restore = (...flags: string[]) =>
    run<{ tenant_id: string; previous: string | null; differences: Record<string, unknown> }>(
      'restore',
      'tenant',
      'acme',
      '--at',
      at,
      ...flags,
    );
  const names = async () => (await asked('select name from tenant order by name')).rows.map(({ name }) => name);
  const before = await names();

  const dry = await restore('--in-place', '--dry-run');
  const { company } = dry.differences as { company: { restored: number; present: number } };
  assert.equal(company.present, company.restored + 1);
  assert.equal(dry.tenant_id, null);
  await assert.rejects(restore('--as', 'other'), /There is a workspace “other” already/);
  await assert.rejects(
    run('restore', 'tenant', 'acme', '--at', '2020-01-01T00:00:00Z', '--in-place'),
    /has no backup of 2020-01-01T00:00:00.000Z or before/,
  );
  assert.deepEqual(await names(), before, 'nothing was changed');

  await restore('--as', 'acme-then');
  assert.deepEqual(await run('tenant', 'hash', 'acme-then'), { name: 'acme-then', content_sha256 });

  const { previous } = await restore('--in-place');
  assert.equal((await api('GET', `companies/${record}`)).body.name, 'As it was', 'the key of the workspace goes on');
  assert.equal((await api('GET', `companies/${later}`)).status, 404);
  const content = await client(server.url, key)('GET', `/api/v1/files/${file}/content`);
  assert.equal(content.body, 'After the backup.');
  assert.equal((await other('GET', `/api/v1/companies/${others.id}`)).status, 200);
  assert.deepEqual(await names(), [...before, 'acme-then', previous].sort());
  const spoilt = await asked(
    `select c.name from company c join tenant t on t.id = c.tenant_id where c.id = '${record}' and t.name = '${previous}'`,
  );
  assert.equal(spoilt.rows[0].name, 'Spoilt', 'what was there is kept under another name');
  assert.equal((await run<{ findings: unknown[] }>('audit', 'verify')).findings.length, 0);
});

test('after the machine is lost, a new one has all that was shipped, as late as possible or as it was at a time', async () => {
  await run('backup', 'now');
  const early = await add('Before the mistake');
  await shipped();
  const at = (await asked('select clock_timestamp() as at')).rows[0].at as Date;
  const mistake = await add('The mistake');
  await run('backup', 'now');
  const file = await upload('And what was agreed after all backups.');
  const late = await add('After all backups');
  await shipped();

  await server.kill();
  await stopLeftovers(join(data, 'postgres'), () => {});
  const masterKey = await readFile(join(data, 'master.key'));
  await rm(data, { recursive: true });

  const restore = async (name: string, ...flags: string[]) => {
    const dir = join(parent, name);
    await assert.rejects(holdfast(['restore', '--to', dir, ...flags], environment()), /The key is in no backup/);
    await writeFile(join(dir, 'master.key'), masterKey, { mode: 0o600 });
    await run('restore', '--to', dir, ...flags);
    await assert.rejects(holdfast(['restore', '--to', dir, ...flags], environment()), /is not empty/);
    server = await start(dir);
  };
  const has = async (record: string) => (await api('GET', `companies/${record}`)).status === 200;

  await restore('earlier', '--at', at.toISOString());
  assert.deepEqual([await has(early), await has(mistake), await has(late)], [true, false, false]);
  await server.stop();

  await restore('latest');
  assert.deepEqual([await has(early), await has(mistake), await has(late)], [true, true, true]);
  const content = await client(server.url, key)('GET', `/api/v1/files/${file}/content`);
  assert.equal(content.body, 'And what was agreed after all backups.');
  // The log of before leads nowhere any more, so the new machine makes a backup of its own at once.
  data = join(parent, 'latest');
  await eventually(async () => {
    const newest = (await run<{ timeline: number; proof: Proof | null }[]>('backup', 'list')).at(-1)!;
    return newest.timeline > 1 && newest.proof?.passed;
  }, 60_000);
});
