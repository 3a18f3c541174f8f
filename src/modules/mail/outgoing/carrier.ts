import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRun } from '../../../kernel/jobs/kind.ts';
import type { Services } from '../../../kernel/services.ts';
import { asProgram } from '../as-program.ts';
import {
  AnswerLost,
  type ConnectionRow,
  findConnection,
  type GoogleApi,
  gmailOf,
  MailTrouble,
  serversOf,
  withImap,
} from '../mailbox/index.ts';
import { mailboxPasswords } from '../password.ts';
import { sentFolder } from './queries.ts';
import { type Letter, type Sent, sendLetter } from './smtp-send.ts';

/** What takes the mails of a mailbox to where they go. */
export interface Carrier {
  /** Those who get a blind copy are read from the mail itself, and taken out of it. */
  readsBcc: boolean;
  send(letter: Letter): Promise<Sent>;
  findInSent(header_id: string): Promise<boolean>;
  /** Puts a mail there; undefined where the provider does so by itself. */
  putInSent: ((raw: Buffer) => Promise<void>) | undefined;
}

export async function carrierOf(services: Services, run: JobRun, mailbox_id: string): Promise<Carrier | undefined> {
  const connection = await asProgram(run, (ctx) => findConnection(ctx, mailbox_id));
  if (!connection) return undefined;
  if (connection.provider === 'imap') return ofServers(services, run, connection);
  const { signal } = run;
  return ofGmail(connection.username, () => gmailOf({ services, tenant_id: run.job.tenant_id, connection, signal }));
}

function ofServers(services: Services, run: JobRun, connection: ConnectionRow): Carrier | undefined {
  const { mailbox_id, username, sealed_password } = connection;
  const servers = serversOf(connection);
  if (!servers) return undefined;
  const password = mailboxPasswords.open(services, run.job.tenant_id, mailbox_id, sealed_password);
  const credentials = { username, password };
  const { config } = services;
  const inSent = async <R>(work: Parameters<typeof withImap<R>>[3], otherwise: R): Promise<R> => {
    const folder = await asProgram(run, (ctx) => sentFolder(ctx, mailbox_id));
    if (!folder) return otherwise;
    const open = async (client: Parameters<typeof work>[0]) => {
      await client.mailboxOpen(folder.path, { readOnly: true });
      return work(client);
    };
    return withImap(config, servers.imap, credentials, open, run.signal);
  };
  return {
    readsBcc: false,
    send: (letter) => sendLetter(config, servers.smtp, credentials, letter),
    findInSent: (header_id) =>
      inSent(async (client) => {
        const found = await client.search({ header: { 'message-id': header_id } }, { uid: true });
        return !!found && found.length > 0;
      }, false),
    putInSent: async (raw) => {
      const folder = await asProgram(run, (ctx) => sentFolder(ctx, mailbox_id));
      if (folder) await inSent((client) => client.append(folder.path, raw, ['\\Seen']), undefined);
    },
  };
}

const units = { sendAs: 1, list: 5, send: 100 };
/** A mail that Gmail took may not be found for a moment. */
const look_ms = [0, 2_000, 5_000];

const ofGmail = (account: string, openApi: () => Promise<GoogleApi>): Carrier => ({
  readsBcc: true,
  send: async ({ from, raw }) => {
    try {
      const api = await openApi();
      if (from.toLowerCase() !== account.toLowerCase()) await requireSendAs(api, from);
      const { status } = await api.ask({
        method: 'POST',
        path: '/upload/gmail/v1/users/me/messages/send',
        query: { uploadType: 'media' },
        raw: { type: 'message/rfc822', bytes: raw },
        units: units.send,
        isOnce: true,
      });
      if (status < 300) return { is: 'sent' };
      throw new MailTrouble(`Gmail does not take the mail (${status}).`, true);
    } catch (error) {
      if (error instanceof AnswerLost) return { is: 'unknown', problem: error.message };
      if (error instanceof MailTrouble) return { is: 'refused', problem: error.message, isLasting: error.isLasting };
      throw error;
    }
  },
  findInSent: async (header_id) => {
    const api = await openApi();
    for (const ms of look_ms) {
      await sleep(ms);
      const { body } = await api.ask<{ messages?: unknown[] }>({
        path: '/gmail/v1/users/me/messages',
        query: { q: `rfc822msgid:${header_id.replace(/[<>]/g, '')}`, labelIds: 'SENT', maxResults: 1 },
        units: units.list,
      });
      if (body.messages && body.messages.length > 0) return true;
    }
    return false;
  },
  putInSent: undefined,
});

interface SendAs {
  sendAsEmail: string;
  verificationStatus?: string;
}

/** Gmail would put its own address in place of one that it does not know, and say nothing. */
async function requireSendAs(api: GoogleApi, from: string): Promise<void> {
  const { body } = await api.ask<{ sendAs?: SendAs[] }>({
    path: '/gmail/v1/users/me/settings/sendAs',
    units: units.sendAs,
  });
  const isKnown = body.sendAs?.some(
    (one) => one.sendAsEmail.toLowerCase() === from.toLowerCase() && one.verificationStatus === 'accepted',
  );
  if (!isKnown)
    throw new MailTrouble(
      `Gmail does not let you write from ${from}. Add it there, under “Send mail as”, and write the mail again.`,
      true,
    );
}
