import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import {
  type EmbeddedPostgres,
  embeddedSuperuserUrl,
  startEmbeddedPostgres,
} from '../../src/kernel/database/embedded.ts';

/**
 * A PostgreSQL that somebody runs and backs up with a tool of theirs: archive_command copies its log into a repository,
 * where a base backup lies as a tar, and a shell script restores both.
 */
export class TheirServer {
  readonly repository: string;
  /** The text of the script that restores. */
  readonly tool: string;
  private readonly parent: string;
  private readonly masterKey = randomBytes(32).toString('base64url');
  private readonly server: EmbeddedPostgres;

  private constructor(parent: string, server: EmbeddedPostgres) {
    this.parent = parent;
    this.server = server;
    this.repository = repositoryIn(parent);
    this.tool = `set -eu
tar -xf ${this.repository}/base.tar -C "$1"
echo "restore_command = 'cp ${this.repository}/wal/%f %p'" >> "$1/postgresql.auto.conf"
touch "$1/recovery.signal"
`;
  }

  /** With a backup of theirs, in a folder that other accounts may enter. */
  static async begin(parent: string): Promise<TheirServer> {
    await mkdir(join(repositoryIn(parent), 'wal'), { recursive: true });
    await chmod(parent, 0o755);
    await chmod(join(repositoryIn(parent), 'wal'), 0o777);
    const server = await startEmbeddedPostgres({
      dataDir: dataIn(parent),
      log: () => {},
      settings: {
        shared_buffers: '128MB',
        fsync: 'off',
        archive_mode: 'on',
        archive_timeout: '2s',
        // A setting of theirs that the copy must not act by.
        log_min_messages: 'info',
      },
    });
    const it = new TheirServer(parent, server);
    await it.archive(true);
    await writeFile(it.script('restore'), it.tool);
    await it.takeBackup();
    return it;
  }

  get ownerUrl(): string {
    return this.server.ownerUrl;
  }

  get restoreCommand(): string {
    return `sh ${this.script('restore')} {dir}`;
  }

  /** Of an installation that stands on it, with its data and its backup store in the same folder. */
  environment(command = this.restoreCommand) {
    return {
      HOLDFAST_DATA: join(this.parent, 'data'),
      HOLDFAST_KEY: this.masterKey,
      DATABASE_URL: this.ownerUrl,
      BACKUP_DIR: join(this.parent, 'place'),
      BACKUP_RESTORE_COMMAND: command,
    };
  }

  script(name: string): string {
    return join(this.parent, `${name}.sh`);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** Whether its log reaches the repository. */
  async archive(works: boolean): Promise<void> {
    const command = works ? `cp %p ${this.repository}/wal/%f` : 'false';
    await this.asSuperuser(`alter system set archive_command = '${command}'`, 'select pg_reload_conf()');
  }

  private async asSuperuser(...statements: string[]): Promise<void> {
    const superuser = await this.connect();
    for (const statement of statements) await superuser.query(statement);
    await superuser.end();
  }

  private async connect(): Promise<pg.Client> {
    const superuser = new pg.Client({ connectionString: embeddedSuperuserUrl(dataIn(this.parent))! });
    await superuser.connect();
    return superuser;
  }

  /** As such tools do it, in one session. */
  private async takeBackup(): Promise<void> {
    const superuser = await this.connect();
    await superuser.query(`select pg_backup_start('theirs', true)`);
    const cluster = join(dataIn(this.parent), 'postgres');
    const left = ['pg_wal/*', 'postmaster.pid', 'log/*', 'pg_replslot/*'].map((name) => `--exclude=./${name}`);
    const base = join(this.repository, 'base.tar');
    execFileSync('tar', ['-cf', base, '--warning=no-file-changed', ...left, '-C', cluster, '.']);
    await superuser.query('create role their_reader');
    const { rows } = await superuser.query('select labelfile from pg_backup_stop()');
    await superuser.end();
    await writeFile(join(this.parent, 'backup_label'), rows[0].labelfile);
    execFileSync('tar', ['-rf', base, '-C', this.parent, './backup_label']);
    execFileSync('cp', ['-a', join(this.repository, 'wal'), join(this.repository, 'wal-then')]);
  }
}

const repositoryIn = (parent: string) => join(parent, 'repository');
const dataIn = (parent: string) => join(parent, 'theirs');
