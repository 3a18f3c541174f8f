import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { podman, runtime, say } from './podman.ts';

/** What `FROM` names. */
export const baseName = (dockerfile: string): string => /^FROM (\S+) AS build$/m.exec(dockerfile)![1]!;

/**
 * Makes the image that the Dockerfile builds on, where no registry of images is reached: Debian packages, the Node that
 * runs this, and its npm. It has the name of the real one, but neither its yarn nor its user `node`.
 */
export async function makeBase(name: string): Promise<void> {
  if ((await podman('images', '--quiet', name)) !== '') return;
  const suite = name.split('-').at(-2)!;
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-base-'));
  try {
    say(`Making ${name} from packages of Debian ${suite} …`);
    const include = '--include=ca-certificates,libstdc++6';
    execFileSync('mmdebstrap', ['--quiet', '--variant=minbase', include, suite, join(folder, 'base.tar')], {
      stdio: ['ignore', 2, 2],
    });
    cpSync(process.execPath, join(folder, 'node'));
    // Not what npm calls global: a Node that a package brought has no npm beside it.
    const npm = realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim());
    cpSync(dirname(dirname(npm)), join(folder, 'npm'), { recursive: true });
    const file = join(folder, 'Containerfile');
    writeFileSync(
      file,
      `FROM scratch
ADD base.tar /
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
`,
    );
    await podman('build', ...runtime, '--network', 'host', '--tag', name, '--file', file, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** npm in the build uses the registry, and believes the certificates, that it uses and believes here. */
export function npmOptions(folder: string): string[] {
  const own = join(homedir(), '.npmrc');
  const certificates = realpathSync(process.env.NODE_EXTRA_CA_CERTS ?? '/etc/ssl/certs/ca-certificates.crt');
  const settings = existsSync(own) ? readFileSync(own, 'utf8') : '';
  const file = join(folder, 'npmrc');
  writeFileSync(file, `${settings}\ncafile=${certificates}\n`, { mode: 0o600 });
  return ['--secret', `id=npmrc,src=${file}`, '--volume', `${dirname(certificates)}:${dirname(certificates)}:ro`];
}
