import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { freePort, greets, listens } from './service.ts';

/** An SMTP server of Postfix for one test file, which delivers whatever it takes into one maildir. */
export interface Postfix {
  port: number;
  /**
   * The Message-IDs of all mails that were delivered, each as often as it was. Resolves when nothing waits in its
   * queue.
   */
  delivered(): Promise<string[]>;
  stop(): Promise<void>;
}

const program = '/usr/sbin/postfix';
const isRoot = process.getuid?.() === 0;

/** Why tests that need it cannot run. */
export const postfixSkip = !existsSync(program)
  ? 'Postfix is not installed (apt-get install postfix)'
  : !isRoot && 'Postfix runs as root alone';

/** `authSocket`: where Dovecot says who may send. */
export async function startPostfix({ authSocket }: { authSocket: string }): Promise<Postfix> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-postfix-'));
  const port = await freePort();
  const [config, queue, box] = ['config', 'queue', 'mail'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await chmod(folder, 0o755);
  for (const each of [config, queue, box, join(folder, 'data')]) await mkdir(each);
  await chown(box, idOf('-u', 'nobody'), idOf('-g', 'nobody'));
  await chown(join(folder, 'data'), idOf('-u', 'postfix'), idOf('-g', 'postfix'));
  await writeFile(join(config, 'main.cf'), settings({ folder, authSocket }));
  await writeFile(join(config, 'master.cf'), services(port));
  const starting = spawn(program, ['-c', config, 'start'], { stdio: 'ignore' });
  await once(starting, 'exit');
  await eventually(() => greets(port).catch(() => false));
  return {
    port,
    delivered: async () => {
      await eventually(async () => (await filesUnder(queue, ['incoming', 'active', 'deferred', 'maildrop'])) === 0);
      const arrived = join(box, 'all', 'new');
      const mails = await Promise.all((await readdir(arrived)).map((name) => readFile(join(arrived, name), 'latin1')));
      return mails.map((mail) => /^Message-ID: *(<.*>)/im.exec(mail)?.[1] ?? '').sort();
    },
    stop: async () => {
      const pid = Number(await readFile(join(queue, 'pid', 'master.pid'), 'utf8'));
      // Its other processes end with it.
      process.kill(pid, 'SIGTERM');
      await eventually(async () => !(await listens(port).catch(() => false)), 10_000);
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

const idOf = (flag: '-u' | '-g', user: string) => Number(execFileSync('id', [flag, user]));

async function filesUnder(queue: string, folders: readonly string[]): Promise<number> {
  const entries = await Promise.all(
    folders.map((name) => readdir(join(queue, name), { recursive: true, withFileTypes: true })),
  );
  return entries.flat().filter((entry) => entry.isFile()).length;
}

const settings = ({ folder, authSocket }: { folder: string; authSocket: string }) => `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file_prefixes = ${folder}
maillog_file = ${folder}/log
myhostname = mx.post.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${authSocket}
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_client_connection_rate_limit = 0
virtual_mailbox_domains = client.example
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:${idOf('-u', 'nobody')}
virtual_gid_maps = static:${idOf('-g', 'nobody')}
`;

const services = (port: number) =>
  [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    'pickup unix n - n 60 1 pickup',
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'rewrite unix - - n - - trivial-rewrite',
    'bounce unix - - n - 0 bounce',
    'defer unix - - n - 0 bounce',
    'trace unix - - n - 0 bounce',
    'flush unix n - n 1000? 0 flush',
    'proxymap unix - - n - - proxymap',
    'showq unix n - n - - showq',
    'error unix - - n - - error',
    'virtual unix - n n - - virtual',
    'anvil unix - - n - 1 anvil',
    'scache unix - - n - 1 scache',
    'postlog unix-dgram n - n - 1 postlogd',
    '',
  ].join('\n');
