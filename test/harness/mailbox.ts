import assert from 'node:assert/strict';
import { type MailSink, startMailSink } from '../../src/kernel/mail/sink.ts';
import type { Client } from './app.ts';
import { mail_password } from './dovecot.ts';
import { eventually } from './eventually.ts';

export async function made(api: Client, path: string, body: object = {}) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export async function read(api: Client, path: string) {
  const answer = await api('GET', `/api/v1/${path}`);
  assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** What a provider takes mails with: a server that lets everybody in. */
export const startSubmission = (): Promise<MailSink> =>
  startMailSink({
    onAuth: (_auth, _session, done) => done(null, { user: 'anybody' }),
    allowInsecureAuth: true,
    authOptional: true,
  });

/** The servers of a mailbox on this machine, as its connection is set. */
export const connectionOf = (user: string, { port }: { port: number }, { url }: MailSink) => ({
  imap: { host: '127.0.0.1', port, security: 'none' },
  smtp: { host: '127.0.0.1', port: Number(new URL(url).port), security: 'none' },
  username: user,
  password: mail_password,
});

/** Connects a mailbox, and resolves when it has all that its provider has. */
export async function connectMailbox(api: Client, id: string, connection: object) {
  const answer = await api('PUT', `/api/v1/mailboxes/${id}/connection`, connection);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  await inSync(api, id);
}

/** Resolves when a mailbox has all that its provider has. */
export async function inSync(api: Client, id: string) {
  let last: unknown;
  await eventually(async () => {
    last = await read(api, `mailboxes/${id}/connection`);
    const { state, waiting } = last as { state: string; waiting: number };
    return state === 'in_sync' && waiting === 0;
  }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}: ${JSON.stringify(last)}`);
  });
}

/** Resolves when a mailbox was compared with its provider once more. */
export async function compare(api: Client, id: string) {
  const asked = new Date().toISOString();
  await made(api, `mailboxes/${id}/comparisons`);
  await eventually(async () => (await read(api, `mailboxes/${id}/connection`)).compared_at > asked);
}
