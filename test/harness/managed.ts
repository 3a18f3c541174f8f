import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { stopLeftovers } from '../../src/kernel/database/embedded/processes.ts';
import { createFolderStore } from '../../src/kernel/files/folder-store.ts';
import { loadMasterKeys } from '../../src/kernel/vault/master-key.ts';
import { BackupStore, backupRing } from '../../src/operations/backup/backup-store.ts';
import { client } from './app.ts';
import { command } from './command.ts';
import { type HoldfastProcess, startProcess } from './process.ts';

/** As the role of the test cluster, which may make roles and databases. */
async function onCluster<R>(work: (client: pg.Client) => Promise<R>): Promise<R> {
  const cluster = new pg.Client({ connectionString: process.env.HOLDFAST_TEST_DATABASE_URL! });
  await cluster.connect();
  return work(cluster).finally(() => cluster.end());
}

/**
 * A PostgreSQL as managed services give it: its owner may make roles, is no superuser, and passes by row-level
 * security, which the first migration needs.
 */
export class ManagedServer {
  private readonly role = `managed_${randomBytes(6).toString('hex')}`;
  private readonly password = randomBytes(12).toString('hex');
  private readonly made: string[] = [];

  static async begin(): Promise<ManagedServer> {
    const it = new ManagedServer();
    await onCluster(async (cluster) => {
      // Other tests may have made the roles, or do so just now.
      await cluster.query(`do $$ begin
        perform pg_advisory_xact_lock(7041776);
        if not exists (select from pg_roles where rolname = 'holdfast_app') then create role holdfast_app nologin; end if;
        if not exists (select from pg_roles where rolname = 'holdfast_system') then create role holdfast_system nologin; end if;
      end $$`);
      await cluster.query(`create role ${it.role} login createrole bypassrls password '${it.password}';
        grant ${it.role} to current_user with set true;
        grant holdfast_app, holdfast_system to ${it.role} with admin true, inherit false`);
    });
    return it;
  }

  /** The address of a new, empty database, as its owner. */
  async database(): Promise<string> {
    const name = `managed_${randomBytes(6).toString('hex')}`;
    await onCluster((cluster) => cluster.query(`create database ${name} owner ${this.role}`));
    this.made.push(name);
    const url = new URL(process.env.HOLDFAST_TEST_DATABASE_URL!);
    url.pathname = `/${name}`;
    url.username = this.role;
    url.password = this.password;
    return url.href;
  }

  async drop(): Promise<void> {
    await onCluster(async (cluster) => {
      for (const name of this.made) await cluster.query(`drop database ${name} with (force)`);
      for (const name of this.made) await cluster.query(`drop role if exists holdfast_app_${name}`);
      await cluster.query(`drop role ${this.role}`);
    });
  }
}

/** An installation whose database is at DATABASE_URL, with its backup store beside it, and one workspace, `acme`. */
export class ManagedInstallation {
  readonly parent: string;
  readonly server: ManagedServer;
  readonly ownerUrl: string;
  readonly masterKey = randomBytes(32).toString('base64url');
  process!: HoldfastProcess;
  /** Of an administrator of acme. */
  key = '';
  private readonly begun: HoldfastProcess[] = [];

  private constructor(parent: string, server: ManagedServer, ownerUrl: string) {
    this.parent = parent;
    this.server = server;
    this.ownerUrl = ownerUrl;
  }

  static async begin(): Promise<ManagedInstallation> {
    const server = await ManagedServer.begin();
    const it = new ManagedInstallation(
      await mkdtemp(join(tmpdir(), 'holdfast-managed-')),
      server,
      await server.database(),
    );
    it.process = await it.start(it.environment());
    await it.text('tenant', 'create', '--name', 'acme');
    it.key = await it.text('api-key', 'create', '--tenant', 'acme', '--role', 'admin');
    return it;
  }

  get backups(): string {
    return join(this.parent, 'place');
  }

  environment(databaseUrl: string | null = this.ownerUrl): Record<string, string> {
    return {
      HOLDFAST_DATA: join(this.parent, 'data'),
      HOLDFAST_KEY: this.masterKey,
      BACKUP_DIR: this.backups,
      ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
    };
  }

  async start(env: Record<string, string>): Promise<HoldfastProcess> {
    const process = await startProcess(['--empty', '--data', env.HOLDFAST_DATA!], env);
    this.begun.push(process);
    return process;
  }

  text(...args: string[]): Promise<string> {
    return command(args, this.environment());
  }

  /** Runs the command line, and reads its answer. */
  async run<Answer>(args: string[], env = this.environment()): Promise<Answer> {
    return JSON.parse(await command([...args, '--json'], env)) as Answer;
  }

  api(method: string, path: string, body?: unknown, url = this.process.url) {
    return client(url, this.key)(method, `/api/v1/${path}`, body);
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

  async asked(sql: string, url = this.ownerUrl) {
    const owner = new pg.Client({ connectionString: url });
    await owner.connect();
    return owner.query(sql).finally(() => owner.end());
  }

  /** As the backup store names it. */
  private async installation(): Promise<string> {
    return (await readdir(this.backups)).find((name) => /^\d+-\d+$/.test(name))!;
  }

  /** The part of the backup store that holds one kind of its objects. */
  async folder(kind: string): Promise<string> {
    return join(this.backups, await this.installation(), kind);
  }

  /** The backup store, opened with the key. */
  async store(): Promise<BackupStore> {
    const masterKeys = await loadMasterKeys({ value: this.masterKey });
    return new BackupStore(createFolderStore(this.backups), await this.installation(), backupRing(masterKeys));
  }

  async close(): Promise<void> {
    for (const process of this.begun) await process.stop();
    for (const cluster of (await readdir(this.parent)).map((name) => join(this.parent, name, 'postgres')))
      if (existsSync(cluster)) await stopLeftovers(cluster, () => {});
    await rm(this.parent, { recursive: true, force: true });
    await this.server.drop();
  }
}
