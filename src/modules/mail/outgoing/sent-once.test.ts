import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, unlimited } from '../../../../test/harness/app.ts';
import { testKey } from '../../../../test/harness/cluster.ts';
import { type Dovecot, dovecotSkip, mail_password, startDovecot } from '../../../../test/harness/dovecot.ts';
import { asOwner } from '../../../../test/harness/identity.ts';
import { startMailProcess } from '../../../../test/harness/mail-process.ts';
import { inSync, made, read } from '../../../../test/harness/mailbox.ts';
import { type Postfix, postfixSkip, startPostfix } from '../../../../test/harness/postfix.ts';
import { type SmtpPhase, type SmtpProxy, smtpPhases, startSmtpProxy } from '../../../../test/harness/smtp-proxy.ts';

const skip = dovecotSkip || postfixSkip;
let app: TestApp;
let dovecot: Dovecot;
let postfix: Postfix;
let proxy: SmtpProxy;
before(async () => {
  if (skip) return;
  dovecot = await startDovecot();
  postfix = await startPostfix(dovecot);
  proxy = await startSmtpProxy(postfix.port);
  app = await startTestApp({ HOLDFAST_ROLE: 'web', ALLOW_PRIVATE_NETWORKS: 'true', ...unlimited });
});
after(async () => {
  await app?.stop();
  await proxy?.stop();
  await postfix?.stop();
  await dovecot?.stop();
});

const startWorker = () => app.secondNode({ HOLDFAST_ROLE: 'worker' });

/** A mailbox of somebody new, connected, with what its owner does. */
async function connected(name: string) {
  const { api } = await (await app.tenant()).as('member', name);
  const address = `${name.toLowerCase()}@post.example`;
  const { id } = await made(api, 'mailboxes', { name, address });
  const put = await api('PUT', `/api/v1/mailboxes/${id}/connection`, {
    imap: { host: '127.0.0.1', port: dovecot.port, security: 'none' },
    smtp: { host: '127.0.0.1', port: proxy.port, security: 'none' },
    username: address,
    password: mail_password,
  });
  assert.equal(put.status, 200, JSON.stringify(put.body));
  return { api, mailbox: id as string, address };
}

const write = async (api: Client, mailbox_id: string, to: string): Promise<string> =>
  (await made(api, 'outgoing-mails', { mailbox_id, to: [to], subject: to, body: 'So many words. '.repeat(8_000) })).id;

/** The time in which a mail can be taken back passes. */
const passUndo = () => asOwner(app, `update job set run_at = now() where kind = 'mail.send'`);

/** When the jobs of workers that were killed run again. */
const moveLeases = (seconds: number) =>
  asOwner(app, `update job set lease_until = now() + make_interval(secs => $1) where state = 'running'`, [seconds]);

/** As a queue that has lost count of what it has run. */
const sendAgain = (id: string) =>
  asOwner(
    app,
    `insert into job (tenant_id, kind, payload, state, run_at, attempts_max)
    select tenant_id, 'mail.send', jsonb_build_object('id', id), 'ready', now(), 5 from outgoing_mail where id = $1`,
    [id],
  );

interface Ended {
  header_id: string;
  recipients: { address: string }[];
  state: string;
}

/** How each mail ended, and how often it arrived, also after each was queued once more. */
async function endOf(api: Client, mailbox: string): Promise<Record<string, [string, number]>> {
  const mails = async (more = ''): Promise<(Ended & { id: string })[]> =>
    (await read(api, `outgoing-mails?mailbox_id=${mailbox}${more}`)).data;
  const settled = async () => (await mails()).every(({ state }) => ['sent', 'in_doubt', 'failed'].includes(state));
  await eventually(settled);
  for (const { id } of await mails()) await sendAgain(id);
  const jobsLeft = `select from job where kind in ('mail.send', 'mail.copy') and state in ('ready', 'running', 'scheduled')`;
  await eventually(async () => (await asOwner(app, jobsLeft)).length === 0);
  const delivered = await postfix.delivered();
  const ended = await mails();
  const inDoubt = await mails('&state=in_doubt');
  assert.deepEqual(
    inDoubt.map(({ id }) => id),
    ended.filter(({ state }) => state === 'in_doubt').map(({ id }) => id),
    'what is in doubt is listed',
  );
  return Object.fromEntries(
    ended.map(({ header_id, recipients, state }) => [
      recipients[0]!.address.split('@')[0]!,
      [state, delivered.filter((id) => id === header_id).length],
    ]),
  );
}

/** Each mail that went out is in Sent, once. */
async function checkSent(api: Client, mailbox: string, address: string): Promise<void> {
  const { data } = await read(api, `outgoing-mails?mailbox_id=${mailbox}&state=sent`);
  const inSent = await dovecot.as(address, async (client) => {
    await client.mailboxOpen('Sent');
    return (await client.fetchAll('1:*', { envelope: true })).map(({ envelope }) => envelope?.messageId);
  });
  assert.deepEqual(inSent.sort(), data.map(({ header_id }: Ended) => header_id).sort());
}

test('a connection that breaks, wherever it does, delivers no mail twice, and says which are in doubt', {
  skip,
  timeout: 180_000,
}, async (t) => {
  const worker = await startWorker();
  // Also when it fails: the next test's mails are not this worker's.
  t.after(() => worker.stop());
  const { api, mailbox, address } = await connected('Bea');
  await inSync(api, mailbox);
  for (const phase of smtpPhases) {
    proxy.breakFor(`${phase}@client.example`, phase);
    await write(api, mailbox, `${phase}@client.example`);
  }
  await passUndo();
  assert.deepEqual(await endOf(api, mailbox), {
    data: ['sent', 1],
    body: ['in_doubt', 0],
    dot: ['in_doubt', 1],
    answer: ['sent', 1],
  });
  await checkSent(api, mailbox, address);
});

test('a process that is killed, wherever it is, delivers no mail twice, and the next says which are in doubt', {
  skip,
  timeout: 180_000,
}, async (t) => {
  const first = await startWorker();
  const { api, mailbox, address } = await connected('Kit');
  await inSync(api, mailbox).finally(() => first.stop());
  // Of the transactions of sending, the fifth is the one that says that it begins, and the sixth that it is done.
  for (const committed of [1, 2, 3, 4, 5, 6]) {
    await write(api, mailbox, `after-${committed}@client.example`);
    await passUndo();
    const child = startMailProcess(app, testKey(), { step: 'committed', count: committed }, ['mail.send']);
    await child.reached;
    await child.kill();
    await moveLeases(50);
  }
  for (const phase of smtpPhases) {
    await write(api, mailbox, `${phase}@client.example`);
    await passUndo();
    await killedIn(phase);
    await moveLeases(50);
  }
  await moveLeases(0);
  const second = await startWorker();
  t.after(() => second.stop());
  const { answer, ...ended } = await endOf(api, mailbox);
  assert.deepEqual(ended, {
    'after-1': ['sent', 1],
    'after-2': ['sent', 1],
    'after-3': ['sent', 1],
    'after-4': ['sent', 1],
    'after-5': ['in_doubt', 0],
    'after-6': ['sent', 1],
    data: ['in_doubt', 0],
    body: ['in_doubt', 0],
    dot: ['in_doubt', 1],
  });
  // It may have noted the answer before it was killed.
  assert.ok(['sent', 'in_doubt'].includes(answer![0]));
  assert.equal(answer![1], 1);
  await checkSent(api, mailbox, address);
});

async function killedIn(phase: SmtpPhase): Promise<void> {
  const child = startMailProcess(app, testKey(), undefined, ['mail.send']);
  await new Promise<void>((resolve, reject) => {
    proxy.breakFor(`${phase}@client.example`, phase, () => child.kill().then(resolve, reject));
  });
}
