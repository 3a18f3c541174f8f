import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Where the checkout and the Node that runs this are in it. */
const project = '/holdfast';
export const node = '/usr/local/bin/node';
const packages = ['postgresql-17', 'pgbackrest', 'zstd'];
const suite = 'trixie';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * A Debian 13 of its own in a folder, with PostgreSQL 17 and pgBackRest, in which this checkout and its Node can be
 * run.
 */
export class Debian {
  readonly root: string;
  private readonly mounted: string[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  /** `kept` holds what was installed, for the next time. */
  static make(kept: string): Debian {
    const tar = join(kept, `${suite}-${packages.join('-')}.tar`);
    if (!existsSync(tar)) {
      mkdirSync(kept, { recursive: true });
      const include = `--include=${packages.join(',')}`;
      execFileSync('mmdebstrap', ['--quiet', '--variant=minbase', include, suite, `${tar}.new`, '--format=tar'], {
        stdio: ['ignore', 2, 2],
      });
      renameSync(`${tar}.new`, tar);
    }
    const it = new Debian(mkdtempSync('/tmp/holdfast-debian-'));
    execFileSync('tar', ['-x', '-f', tar, '-C', it.root, '--exclude=./dev/pts/*']);
    execFileSync('chmod', ['755', it.root]);
    mkdirSync(join(it.root, project));
    execFileSync('mount', ['--bind', resolve(import.meta.dirname, '..', '..'), join(it.root, project)]);
    it.mounted.push(project);
    // Where it lies, other accounts may not reach it.
    cpSync(process.execPath, join(it.root, node));
    chmodSync(join(it.root, node), 0o755);
    mkdirSync(join(it.root, 'dev/shm'), { recursive: true });
    execFileSync('chmod', ['1777', join(it.root, 'dev/shm')]);
    execFileSync('mount', ['-t', 'proc', 'proc', join(it.root, 'proc')]);
    it.mounted.push('/proc');
    return it;
  }

  private words(user: string, env: Record<string, string>, command: string[]): string[] {
    // In the group of PostgreSQL, whose backups its members may read.
    const as = user === 'root' ? [] : [`--userspec=${user}:${user}`, '--groups=postgres'];
    const all = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/tmp', LC_ALL: 'C.UTF-8', ...env };
    const settings = Object.entries(all).map(([name, value]) => `${name}=${value}`);
    return [...as, this.root, 'env', '-i', '-C', project, ...settings, ...command];
  }

  /** Runs a program as one of the accounts, and fails when it does. */
  async run(user: string, ...command: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.tried(user, {}, ...command);
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr} ${stdout}`);
    return stdout.trim();
  }

  async tried(user: string, env: Record<string, string>, ...command: string[]): Promise<Ran> {
    return run('chroot', this.words(user, env, command), { maxBuffer: 20_000_000 }).then(
      (done) => ({ code: 0, ...done }),
      (error: Ran & Error) => {
        if (typeof error.code !== 'number') throw error;
        return { code: error.code, stdout: error.stdout, stderr: error.stderr };
      },
    );
  }

  start(user: string, env: Record<string, string>, ...command: string[]) {
    return spawn('chroot', this.words(user, env, command), { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  remove(): void {
    // What still ends inside keeps a mount busy; detached it is out of the way. One that fails keeps the folder from
    // being deleted, checkout and all.
    for (const path of this.mounted.reverse()) execFileSync('umount', ['--lazy', join(this.root, path)]);
    rmSync(this.root, { recursive: true, force: true });
  }
}
