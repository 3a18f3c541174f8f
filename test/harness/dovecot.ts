import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { freePort, greets, killService, startService } from './service.ts';

export const mail_password = 'sesame';

/**
 * An IMAP server of Dovecot for one test file: every user is there with the same password, and begins with an empty
 * mailbox.
 */
export interface Dovecot {
  host: string;
  port: number;
  /**
   * Puts mails into the inbox of a user who has not signed in yet, the oldest first, as files: much faster than over
   * the wire.
   */
  fill(user: string, mails: Iterable<string>): Promise<void>;
  /** Where an SMTP server asks who may send. */
  authSocket: string;
  /** Signs a user in, does something, and signs out. */
  as<T>(user: string, work: (client: ImapFlow) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

const program = ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot', '/opt/homebrew/sbin/dovecot'].find(existsSync);

/** Why tests that need it cannot run; undefined where Dovecot is. */
export const dovecotSkip = program ? undefined : 'Dovecot is not installed (apt-get install dovecot-imapd)';

export async function startDovecot(): Promise<Dovecot> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-dovecot-'));
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  // Dovecot gives nobody mail as root.
  const [uid, gid] = isRoot ? idsOf('nobody') : [userInfo().uid, userInfo().gid];
  const own = isRoot
    ? ''
    : `default_internal_user = ${userInfo().username}\ndefault_login_user = ${userInfo().username}\n`;
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'mail'));
  if (isRoot) await chown(join(folder, 'mail'), uid, gid);
  const file = join(folder, 'dovecot.conf');
  const authSocket = join(folder, 'run', 'auth-of-smtp');
  await writeFile(
    file,
    `base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
${own}protocols = imap
ssl = no
disable_plaintext_auth = no
listen = 127.0.0.1
first_valid_uid = 1
first_valid_gid = 1
mail_fsync = never
mail_max_userip_connections = 100
mail_location = maildir:~/mail
auth_cache_size = 0
auth_failure_delay = 0
passdb {
  driver = static
  args = password=${mail_password}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%u
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    auto = create
    special_use = \\Sent
  }
  mailbox Archive {
    auto = create
    special_use = \\Archive
  }
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
}
service auth {
  unix_listener ${authSocket} {
    mode = 0666
  }
}
service imap-login {
  ${isRoot ? '' : 'chroot =\n  '}inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
${isRoot ? '' : 'service anvil {\n  chroot =\n}\nservice stats {\n  chroot =\n}\n'}`,
  );
  const server = await startService({ command: program!, args: ['-F', '-c', file], isUp: () => greets(port) });
  return {
    host: '127.0.0.1',
    port,
    fill: async (user, mails) => {
      const maildir = join(folder, 'mail', user, 'mail');
      const folders = [
        join(folder, 'mail', user),
        maildir,
        ...['cur', 'new', 'tmp'].map((name) => join(maildir, name)),
      ];
      for (const path of folders) {
        await mkdir(path);
        if (isRoot) await chown(path, uid, gid);
      }
      let n = 0;
      // Numbered in the order of their names. They stay those of this process, which is enough to read them.
      for (const mail of mails) await writeFile(join(maildir, 'cur', `${1_000_000_000 + n++}.M1P1.test:2,S`), mail);
    },
    authSocket,
    as: async (user, work) => {
      const client = new ImapFlow({
        host: '127.0.0.1',
        port,
        secure: false,
        doSTARTTLS: false,
        auth: { user, pass: mail_password },
        logger: false,
      });
      await client.connect();
      try {
        return await work(client);
      } finally {
        await client.logout();
      }
    },
    stop: async () => {
      // Its own processes end with it, if it has the time.
      server.kill('SIGTERM');
      await Promise.race([once(server, 'exit'), sleep(5_000, undefined, { ref: false })]);
      await killService(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const idsOf = (user: string) =>
  ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, user]))) as [number, number];

interface MailParts {
  from: string;
  to: string;
  subject?: string;
  date?: string;
  id?: string;
  references?: string;
  body?: string;
  headers?: string[];
}

/** Of a mail of several parts: each is its headers, an empty line, and what it says. */
export const mixed = (...parts: string[][]) => ({
  headers: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'],
  body: [...parts.flatMap((part) => ['--b', ...part]), '--b--', ''].join('\r\n'),
});

/** A mail as it comes over the wire. */
export const rawMail = ({
  from,
  to,
  subject,
  date = '2026-03-02T10:00:00Z',
  id,
  references,
  body = 'Hello',
  headers = [],
}: MailParts) =>
  [
    `From: ${from}`,
    `To: ${to}`,
    ...(subject === undefined ? [] : [`Subject: ${subject}`]),
    `Date: ${new Date(date).toUTCString().replace('GMT', '+0000')}`,
    ...(id ? [`Message-ID: <${id}>`] : []),
    ...(references
      ? [
          `In-Reply-To: <${references.split(' ').at(-1)}>`,
          `References: ${references
            .split(' ')
            .map((one) => `<${one}>`)
            .join(' ')}`,
        ]
      : []),
    ...headers,
    '',
    body,
  ].join('\r\n');
