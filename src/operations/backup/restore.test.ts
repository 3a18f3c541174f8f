import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { client } from '../../../test/harness/app.ts';
import { BackedUp, failures } from '../../../test/harness/backup.ts';
import { command } from '../../../test/harness/command.ts';
import { eventually } from '../../../test/harness/eventually.ts';
import { asSuperuser } from '../../../test/harness/installation.ts';
import { holdfast, killHoldfast } from '../../../test/harness/process.ts';
import { clusterProcesses, stopLeftovers } from '../../kernel/database/embedded/processes.ts';
import { createFolderStore } from '../../kernel/files/folder-store.ts';
import { lockFolder } from '../../kernel/folder-lock.ts';
import { loadMasterKeys } from '../../kernel/vault/master-key.ts';
import { BackupStore, backupRing } from './backup-store.ts';
import { nameOf } from './files.ts';
import { baseOnly } from './manifest.ts';
import type { Proof } from './prove.ts';
import { chooseBackup, restoreDatabase } from './restore.ts';
import { removeLeftCopies } from './scratch.ts';
import type { TimeProof } from './time-proof.ts';

let it: BackedUp;
before(async () => {
  it = await BackedUp.begin();
});
after(() => it.close());

const keyOf = async (file: string): Promise<string> =>
  (await it.asked(`select storage_key from file where id = '${file}'`)).rows[0].storage_key;

test('one workspace comes back as it was, beside or in place of what it is now, and no other changes', async () => {
  await command(['tenant', 'create', '--name', 'other'], it.environment());
  const otherKey = await command(['api-key', 'create', '--tenant', 'other', '--role', 'admin'], it.environment());
  const other = client(it.server.url, otherKey);
  const record = await it.add('As it was');
  for (const name of ['Dora', 'Ernst', 'Olga'])
    await command(
      ['user', 'create', '--tenant', 'acme', '--email', `${name}@acme.example`, '--name', name, '--role', 'viewer'],
      it.environment(),
    );
  const inAcme = `tenant_id = (select id from tenant where name = 'acme')`;
  await it.asked(`update user_account set status = 'active' where ${inAcme}`);
  await it.run('backup', 'now');
  const file = await it.upload('After the backup.');
  const hash = async () => (await it.run<{ content_sha256: string }>('tenant', 'hash', 'acme')).content_sha256;
  let [content_sha256, at] = ['', ''];
  // What follows from the changes, such as suspected duplicates, is done a little later.
  await eventually(async () => {
    content_sha256 = await hash();
    at = ((await it.asked('select clock_timestamp() as at')).rows[0].at as Date).toISOString();
    return (await hash()) === content_sha256;
  });
  assert.equal((await it.api('PATCH', `companies/${record}`, { name: 'Spoilt' })).status, 200);
  const later = await it.add('Later');
  // What was decided about people since.
  await it.asked(`update user_account set status = 'disabled' where ${inAcme} and name = 'Dora';
    update user_account set access_until = now() - interval '1 second' where ${inAcme} and name = 'Ernst';
    insert into user_password (tenant_id, user_id, hash) select tenant_id, id, '$argon2id$of ' || name from user_account where ${inAcme}
      on conflict do nothing;
    insert into operator (tenant_id, user_id, granted_by) select tenant_id, id, 'a test' from user_account where ${inAcme}
      and name = 'Olga' on conflict do nothing`);
  const { body: others } = await other('POST', '/api/v1/companies', { name: 'Of others' });
  await it.shipped();
  const restore = (...flags: string[]) =>
    it.run<{ tenant_id: string; previous: string | null; differences: Record<string, unknown> }>(
      'restore',
      'tenant',
      'acme',
      '--at',
      at,
      ...flags,
    );
  const names = async () => (await it.asked('select name from tenant order by name')).rows.map(({ name }) => name);
  const before = await names();

  // The copy of one that was killed goes, and so does the PostgreSQL that outlived it; that of one that runs stays.
  const copy = join(it.data, 'restore-tenant', 'scratch');
  const args = ['restore', 'tenant', 'acme', '--at', at, '--in-place', '--dry-run'];
  await killHoldfast(args, it.environment(), /Reading the workspace/);
  assert.ok(clusterProcesses(join(copy, 'data', 'postgres')).length > 0);
  const lock = lockFolder(join(it.data, 'restore-tenant'))!;
  assert.equal(await removeLeftCopies(it.data), 0);
  lock.release();
  assert.ok(existsSync(copy));
  assert.equal(await removeLeftCopies(it.data), 1);
  assert.ok(!existsSync(copy));

  const dry = await restore('--in-place', '--dry-run');
  const { company } = dry.differences as { company: { restored: number; present: number } };
  assert.equal(company.present, company.restored + 1);
  assert.equal(dry.tenant_id, null);
  await assert.rejects(restore('--as', 'other'), /There is a workspace “other” already/);
  await assert.rejects(
    it.run('restore', 'tenant', 'acme', '--at', '2020-01-01T00:00:00Z', '--in-place'),
    /holdfast: The backup store has no backup of 2020-01-01T00:00:00.000Z or before\.$/m,
  );
  const mistyped = await it.run('restore', 'tenant', 'acem', '--at', at, '--as', 'acem-then').catch(String);
  assert.match(
    String(mistyped),
    /There was no workspace “acem” at that time\. The backup \S+ of \S+ has: acme, main, other\.$/m,
  );
  assert.doesNotMatch(String(mistyped), /Restoring the backup/, 'it is known before');
  assert.deepEqual(await names(), before, 'nothing was changed');

  await assert.rejects(
    it.run('restore', 'tenant', 'acme', '--at', new Date(Date.now() + 3_600_000).toISOString(), '--in-place'),
    /holdfast: The log behind the backup \S+ ends before [^\n]+\s*$/,
  );

  // A file that did not reach the backup store, and is here.
  await rm(join(it.folder('file'), nameOf(await keyOf(file))));
  await restore('--as', 'acme-then');
  assert.deepEqual(await it.run('tenant', 'hash', 'acme-then'), { name: 'acme-then', content_sha256 });
  assert.deepEqual(
    (await it.asked(`select target, reason from operator_action where action = 'tenant.restore'`)).rows,
    [{ target: 'acme-then', reason: `acme as it was at ${new Date(at).toISOString()}` }],
    'it is among what operators did',
  );

  // What follows a restore, a backup of all files, fails: the backup store cannot list them.
  const loop = join(it.folder('file'), nameOf('loop'));
  await symlink(loop, loop);
  await assert.rejects(
    restore('--in-place'),
    /“acme” is as it was; what was restored is the workspace acme-before-\S+-new: /,
  );
  assert.equal((await it.api('GET', `companies/${record}`)).body.name, 'Spoilt');
  await rm(loop);
  // What is left is deleted by its name; and a workspace that is being deleted is not restored in its own place.
  const leftover = (await names()).find((name: string) => name.endsWith('-new'))!;
  const asLeft: Date = (await it.asked('select clock_timestamp() as at')).rows[0].at;
  const ofLeftover = `select storage_key from file where tenant_id = (select id from tenant where name = '${leftover}')`;
  const { rows: files } = await it.asked(ofLeftover);
  await it.run('tenant', 'delete', leftover, '--confirm', leftover);
  // Sent on to the backup store since, if the time has come for that.
  for (const { storage_key } of files) await rm(join(it.folder('file'), nameOf(storage_key)), { force: true });
  assert.deepEqual(await names(), [...before, 'acme-then'].sort());
  await it.asked(`insert into tenant_deletion (of_tenant, name) select id, name from tenant where name = 'acme'`);
  await assert.rejects(restore('--in-place'), /has been deleted meanwhile/);
  const marked: Date = (await it.asked('select clock_timestamp() as at')).rows[0].at;
  await it.asked('delete from tenant_deletion');
  await it.shipped();
  await assert.rejects(
    it.run('restore', 'tenant', 'acme', '--at', marked.toISOString(), '--as', 'half', '--dry-run'),
    /“acme” was being deleted at that time/,
  );
  // One that was made after the backup and deleted since is looked for in the log. Its files reached no backup.
  await assert.rejects(
    it.run('restore', 'tenant', leftover, '--at', asLeft.toISOString(), '--as', 'again', '--dry-run'),
    /Reading the workspace\n.* is not in the file store/,
  );
  // Nor does one take a place that was deleted before it could.
  await asSuperuser(it.data, async (owner) => {
    await owner.query(`begin; select pg_advisory_xact_lock(hashtextextended('begin to delete a tenant', 0))`);
    const refused = assert.rejects(restore('--in-place'), /“acme” is as it was; .* has been deleted meanwhile/);
    const gone = () => it.asked(`delete from tenant where name ~ '^acme-before-.*-new$'`);
    await eventually(async () => (await gone()).rowCount === 1, 120_000);
    await owner.query('commit');
    await refused;
  });
  assert.equal((await it.api('GET', `companies/${record}`)).body.name, 'Spoilt');

  const there = await names();
  const { previous } = await restore('--in-place');
  assert.equal((await it.api('GET', `companies/${record}`)).body.name, 'As it was', 'the key of the workspace goes on');
  assert.equal((await it.api('GET', `companies/${later}`)).status, 404);
  const content = await client(it.server.url, it.key)('GET', `/api/v1/files/${file}/content`);
  assert.equal(content.body, 'After the backup.');
  assert.equal((await other('GET', `/api/v1/companies/${others.id}`)).status, 200);
  assert.deepEqual(await names(), [...there, previous].sort());
  const spoilt = await it.asked(
    `select c.name from company c join tenant t on t.id = c.tenant_id where c.id = '${record}' and t.name = '${previous}'`,
  );
  assert.equal(spoilt.rows[0].name, 'Spoilt', 'what was there is kept under another name');
  assert.equal((await it.run<{ findings: unknown[] }>('audit', 'verify')).findings.length, 0);
  const people =
    await it.asked(`select a.name, app.has_access(a.status, a.access_until) as enters, p.hash is not null as password,
      exists (select from operator o where o.tenant_id = a.tenant_id and o.user_id = a.id) as operates
    from user_account a left join user_password p on p.tenant_id = a.tenant_id and p.user_id = a.id
    where a.${inAcme} and a.name in ('Dora', 'Ernst', 'Olga') order by a.name`);
  assert.deepEqual(
    people.rows.map(({ name, enters, password, operates }) => [name, enters, password, operates]),
    [
      ['Dora', false, false, false],
      ['Ernst', false, false, false],
      ['Olga', true, true, true],
    ],
  );
  const deletion = ['tenant', 'delete', previous!, '--confirm', previous!];
  await killHoldfast(deletion, it.environment(), /Deleting its records/);
  assert.deepEqual(await names(), [...there, previous].sort());
  await it.run(...deletion);
  assert.deepEqual(await names(), there);
});

test('the files of an imported workspace are in the backup store at once', async () => {
  const folder = join(it.parent, 'archive');
  await it.run('tenant', 'export', 'acme', folder);
  const { tenant_id } = await it.run<{ tenant_id: string }>('tenant', 'import', folder, '--name', 'acme-imported');
  const { rows } = await it.asked(`select storage_key from file where tenant_id = '${tenant_id}'`);
  const stored = await readdir(it.folder('file'));
  assert.ok(rows.length > 0);
  for (const { storage_key } of rows) assert.ok(stored.includes(nameOf(storage_key)), storage_key);
});

test('after the machine is lost, a new one has all that was shipped, as late as possible or as it was at a time', async () => {
  await it.run('backup', 'now');
  const early = await it.add('Before the mistake');
  await it.shipped();
  const at = (await it.asked('select clock_timestamp() as at')).rows[0].at as Date;
  const mistake = await it.add('The mistake');
  await it.run('backup', 'now');
  const file = await it.upload('And what was agreed after all backups.');
  const late = await it.add('After all backups');
  await it.shipped();

  const [named, drawn] = [
    await it.run<TimeProof>('backup', 'prove', '--at', at.toISOString()),
    await it.run<TimeProof>('backup', 'prove', '--random'),
  ];
  assert.deepEqual([...failures(named), ...failures(drawn)], []);
  const said = (proof: Proof, check: string) => proof.checks.find(({ name }) => name === check)?.detail ?? '';
  assert.match(said(named, 'restore'), new RegExp(`up to ${at.toISOString()}; the last change before that is of 20`));
  assert.match(said(named, 'content'), /^Not compared/);
  assert.match(said(drawn, 'log'), /was in the backup store \d+ s later/);
  const { from, to, without_log_seconds } = drawn.window!;
  assert.ok(drawn.at > from && drawn.at < to && drawn.at.endsWith('.000Z') && without_log_seconds === 0);
  const recorded = await it.run<(Proof & { at: string })[]>('backup', 'list');
  const exact = await it.run<TimeProof>('backup', 'prove', '--at', recorded[0]!.at);
  assert.match(
    said(exact, 'content'),
    /equal by hash/,
    'where the content of that very moment is known, it is compared',
  );
  const asked = [named, drawn, exact].map(({ id }) => id);
  assert.deepEqual(
    (await it.run<TimeProof[]>('backup', 'list', '--seconds'))
      // Not the daily one, which comes at a second of the day that is the installation's own.
      .filter(({ id }) => asked.includes(id))
      .map((one) => [one.id, one.passed]),
    asked.map((id) => [id, true]),
  );

  await it.server.kill();
  await stopLeftovers(join(it.data, 'postgres'), () => {});
  const masterKey = await readFile(join(it.data, 'master.key'));
  // Its worker, which outlives it for a moment, may still write there.
  await rm(it.data, { recursive: true, maxRetries: 10 });

  const restore = async (name: string, ...flags: string[]) => {
    const dir = join(it.parent, name);
    const args = ['restore', '--to', dir, ...flags];
    await assert.rejects(command(args, it.environment()), /The key is in no backup/);
    await writeFile(join(dir, 'master.key'), masterKey, { mode: 0o600 });
    if (name === 'latest') {
      // The restored PostgreSQL outlives the command, and would serve without the files.
      await killHoldfast(args, it.environment(), /Applying the log/);
      await assert.rejects(it.start(dir), /The restore into \S+latest has not finished: .* was interrupted/);
    }
    // Once as somebody does who types it.
    await (name === 'earlier' ? holdfast : command)(args, it.environment());
    await assert.rejects(command(args, it.environment()), /is not empty/);
    return dir;
  };
  // What cannot be copied is no end of the log: the restore would be well, and changes missing.
  const masterKeys = await loadMasterKeys({ value: masterKey.toString() });
  const store = createFolderStore(it.backups);
  const backups = new BackupStore(store, it.id, backupRing(masterKeys));
  const dir = join(it.parent, 'unreadable');
  const log = join(dir, 'postgres', 'holdfast-wal');
  const spoil = (line: string) => {
    if (line === 'Applying the log') for (const name of readdirSync(log)) chmodSync(join(log, name), 0);
  };
  const manifest = baseOnly(await chooseBackup(backups));
  await assert.rejects(restoreDatabase(backups, manifest, { dir, target: 'latest', say: spoil }), /Permission denied/);
  const has = async (record: string) => (await it.api('GET', `companies/${record}`)).status === 200;

  // Without its worker, which would make a backup: the latest would then be of this life.
  await it.start(await restore('earlier', '--at', at.toISOString()), '--role', 'web');
  assert.deepEqual([await has(early), await has(mistake), await has(late)], [true, false, false]);
  await it.server.stop();

  await it.start(await restore('latest'));
  assert.deepEqual([await has(early), await has(mistake), await has(late)], [true, true, true]);
  const content = await client(it.server.url, it.key)('GET', `/api/v1/files/${file}/content`);
  assert.equal(content.body, 'And what was agreed after all backups.');
  // The log of before leads nowhere any more, so the new machine makes a backup of its own at once.
  it.data = join(it.parent, 'latest');
  let timeline = 1;
  const backedUpAnew = () =>
    eventually(async () => {
      const newest = (await it.run<{ timeline: number; proof: Proof | null }[]>('backup', 'list')).at(-1)!;
      if (newest.timeline <= timeline || !newest.proof?.passed) return false;
      timeline = newest.timeline;
      return true;
    });
  await backedUpAnew();

  // Another restore, of before what the first one has sent since.
  await it.add('After the first restore');
  await it.shipped();
  await it.server.stop();
  it.data = join(it.parent, 'again');
  await it.start(await restore('again', '--at', at.toISOString()));
  assert.deepEqual([await has(early), await has(mistake), await has(late)], [true, false, false]);
  await it.add('After the second restore');
  await it.shipped();
  await backedUpAnew();
});
