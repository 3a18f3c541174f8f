import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { StartFailure } from './start-failure.ts';

/** The operating system account PostgreSQL runs under when Holdfast itself runs as root. */
export interface Account {
  uid: number;
  gid: number;
}

const own_account = 'holdfast';
const known_accounts = [own_account, 'postgres', '_postgres'];

function lookUp(name: string): Account | undefined {
  const id = (flag: string) => spawnSync('id', [flag, name], { encoding: 'utf8' });
  const uid = id('-u');
  const gid = id('-g');
  if (uid.status !== 0 || gid.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

function createOwn(): void {
  const options = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
  spawnSync('useradd', [...options, '--shell', '/usr/sbin/nologin', own_account]);
}

/**
 * PostgreSQL refuses to run as root. An existing cluster goes on under the account that owns it; a new one gets
 * an account of its own, so that no other service can read the data. Returns undefined when not root.
 */
export function databaseAccount(clusterDir: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(clusterDir, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  if (lookUp(own_account) === undefined) createOwn();
  for (const name of known_accounts) {
    const account = lookUp(name);
    if (account !== undefined && account.uid !== 0) return account;
  }
  throw new StartFailure(
    'PostgreSQL does not run as root, and no account for it could be made. ' +
      `Create one (useradd --system ${own_account}), start Holdfast as an ordinary user, or set DATABASE_URL.`,
  );
}
