import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/kernel/config/config.ts';
import { stopLeftovers } from '../../src/kernel/database/embedded/processes.ts';
import { readMasterKeys } from '../../src/kernel/installation.ts';
import { BackupStore, backupRing, openBackupFiles } from '../../src/operations/backup/backup-store.ts';
import { coverage, parseLsn, parsePiece, segmentStart } from '../../src/operations/backup/lsn.ts';
import { type Proof, proveBackup } from '../../src/operations/backup/prove.ts';
import { chooseBackup } from '../../src/operations/backup/restore.ts';
import { proveTime } from '../../src/operations/backup/time-proof.ts';
import { client } from './app.ts';
import { command } from './command.ts';
import { eventually } from './eventually.ts';
import { asSuperuser } from './installation.ts';
import { fillPrepared } from './prepared.ts';
import { type HoldfastProcess, startProcess } from './process.ts';

/** An installation that runs, with its backup store beside it, and one workspace, `acme`. */
export class BackedUp {
  readonly parent: string;
  /** The data directory; another one after a restore. */
  data: string;
  readonly backups: string;
  server!: HoldfastProcess;
  /** Of an administrator of acme. */
  key = '';
  /** Of the installation, as the backup store names it. */
  id = '';
  private readonly begun = new Set<HoldfastProcess>();

  private constructor(parent: string) {
    this.parent = parent;
    this.data = join(parent, 'data');
    this.backups = join(parent, 'place');
  }

  /** One that was stopped after its first backup, which a new installation makes at once, was proven. */
  static async prepare(): Promise<BackedUp> {
    const parent = await mkdtemp(join(tmpdir(), 'holdfast-backup-'));
    await fillPrepared(parent, 'backed-up', async (folder) => {
      const made = new BackedUp(folder);
      await made.start();
      try {
        await command(['tenant', 'create', '--name', 'acme'], made.environment());
        const key = await command(['api-key', 'create', '--tenant', 'acme', '--role', 'admin'], made.environment());
        await writeFile(join(folder, 'key'), key);
        await eventually(async () => {
          made.id = await made.installation();
          return made.id !== '' && (await readdir(made.folder('proof')).catch(() => [])).length > 0;
        }, 180_000);
        // The proof of the day, and what else the clock begins, would come in the middle of a test.
        await made.asked(`update schedule set next_at = now() + interval '1 day' where name like 'backup%'`);
      } finally {
        await made.server.stop();
      }
    });
    const it = new BackedUp(parent);
    it.key = await readFile(join(parent, 'key'), 'utf8');
    it.id = await it.installation();
    return it;
  }

  /** One that runs. */
  static async begin(): Promise<BackedUp> {
    const it = await BackedUp.prepare();
    await it.start();
    return it;
  }

  private async installation(): Promise<string> {
    return (await readdir(this.backups).catch(() => [])).find((name) => /^\d+$/.test(name)) ?? '';
  }

  environment() {
    return { HOLDFAST_DATA: this.data, BACKUP_DIR: this.backups };
  }

  async start(dir = this.data, ...args: string[]): Promise<void> {
    this.server = await startProcess(['--empty', '--data', dir, ...args], { BACKUP_DIR: this.backups });
    this.begun.add(this.server);
  }

  api(method: string, path: string, body?: unknown) {
    return client(this.server.url, this.key)(method, `/api/v1/${path}`, body);
  }

  async add(name: string): Promise<string> {
    const { status, body } = await this.api('POST', 'companies', { name });
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
  }

  async upload(text: string): Promise<string> {
    const form = new FormData();
    form.append('file', new Blob([text], { type: 'text/plain' }), 'contract.txt');
    const { status, body } = await this.api('POST', 'files?kind=upload', form);
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
  }

  /** Runs the command line, and reads its answer. */
  async run<Answer>(...args: string[]): Promise<Answer> {
    return JSON.parse(await command([...args, '--json'], this.environment())) as Answer;
  }

  /** The outcome of a proof of the newest backup, or of a time, as the command line makes it. */
  async proof(time?: Date): Promise<Proof> {
    const config = loadConfig([], this.environment());
    const masterKeys = await readMasterKeys(config);
    const files = openBackupFiles(config)!;
    const store = new BackupStore(files, this.id, backupRing(masterKeys));
    try {
      const options = { config, masterKeys, start: startApp, say: () => {} };
      if (time) return await proveTime(store, time, options);
      return await proveBackup(store, await chooseBackup(store), options);
    } finally {
      files.close();
    }
  }

  /** The part of the backup store that holds one kind of its objects. */
  folder(kind: string) {
    return join(this.backups, this.id, kind);
  }

  /** Asks the database that runs on the data directory, as its superuser. */
  async asked(sql: string) {
    return asSuperuser(this.data, (client) => client.query(sql));
  }

  /** Until the log up to now is in the backup store. A segment that ends is sent at once, others after some seconds. */
  async shipped(): Promise<void> {
    const { rows } = await this.asked(
      'select left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) as timeline, pg_switch_wal()::text as lsn',
    );
    const timeline = Number.parseInt(rows[0].timeline, 16);
    const end = parseLsn(rows[0].lsn);
    await eventually(async () => {
      const pieces = (await readdir(this.folder('wal')).catch(() => [])).map(parsePiece);
      // What was flushed before may end in the middle of the segment.
      return coverage(pieces, timeline, segmentStart(end - 1n)).to >= end;
    });
  }

  async close(): Promise<void> {
    for (const process of this.begun) await process.stop();
    for (const cluster of (await readdir(this.parent)).map((name) => join(this.parent, name, 'postgres')))
      if (existsSync(cluster)) await stopLeftovers(cluster, () => {});
    await rm(this.parent, { recursive: true, force: true });
  }
}

/** Which checks of a proof failed, and why. */
export function failures({ checks }: Proof): string[] {
  return checks.filter(({ passed }) => !passed).map(({ name, detail }) => `${name}: ${detail}`);
}
