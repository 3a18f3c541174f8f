import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { type Client, eventually, startTestApp, type TestApp, unlimited } from '../../../../../test/harness/app.ts';
import { rawMail } from '../../../../../test/harness/dovecot.ts';
import { connectGmail } from '../../../../../test/harness/google/connect.ts';
import { FakeGoogle, google_client } from '../../../../../test/harness/google/fake.ts';
import { asOwner } from '../../../../../test/harness/identity.ts';
import { compare, inSync, made, read } from '../../../../../test/harness/mailbox.ts';

/** A longer run: HOLDFAST_MAIL_PLANS=100. */
const plans = Number(process.env.HOLDFAST_MAIL_PLANS ?? 3);
const seed = Number(process.env.HOLDFAST_MAIL_SEED ?? 53);
const address = 'zoe@gmail.example';

let google: FakeGoogle;
let app: TestApp;
before(async () => {
  google = await new FakeGoogle(address).start();
  app = await startTestApp({
    GOOGLE_URL: google.url,
    ALLOW_PRIVATE_NETWORKS: 'true',
    ...unlimited,
  });
});
after(async () => {
  await app?.stop();
  await google?.stop();
});

test('whatever happens at Gmail while its answers are late, refused or lost, ledger and store end as Gmail', {
  timeout: plans * 120_000,
}, async () => {
  const tenant = await app.tenant('post');
  const { api: admin } = await tenant.as('admin', 'Ada');
  assert.equal((await admin('PUT', '/api/v1/google-client', { ...google_client, is_testing: false })).status, 200);
  const { api } = await tenant.as('member', 'Zoe');
  const { gmail } = google;
  const labels = [gmail.addLabel('Clients'), gmail.addLabel('Family')];
  let count = 0;
  const deliver = (into: readonly string[], id = String(count)) => {
    count++;
    const raw = rawMail({ from: 'a@a.example', to: address, subject: `M${count}`, id: `${id}@a.example`, body: 'x' });
    return gmail.deliver(Buffer.from(raw), into);
  };
  for (let n = 0; n < 5; n++) deliver(['INBOX', 'UNREAD']);
  const { id: mailbox } = await made(api, 'mailboxes', { name: 'Zoe', address });
  assert.equal((await connectGmail(api, google, mailbox)).status, 200);
  await inSync(api, mailbox);

  const nth = (n: number): string => [...gmail.mails.keys()][n % gmail.mails.size] ?? '';
  const changes = {
    write: () => deliver(['INBOX', 'UNREAD']),
    writeOfSameId: () => deliver(['INBOX'], '0'),
    writeJunk: () => deliver(['SPAM', 'UNREAD']),
    writeLate: () => {
      gmail.late_ms = 500;
      deliver(['INBOX', 'UNREAD']);
      gmail.late_ms = 0;
    },
    send: () => deliver(['SENT']),
    archive: (n: number) => gmail.relabel(nth(n), { remove: ['INBOX'] }),
    bringBack: (n: number) => gmail.relabel(nth(n), { add: ['INBOX'], remove: ['SPAM', 'TRASH'] }),
    junk: (n: number) => gmail.relabel(nth(n), { add: ['SPAM'], remove: ['INBOX'] }),
    trash: (n: number) => gmail.relabel(nth(n), { add: ['TRASH'], remove: ['INBOX'] }),
    label: (n: number) => gmail.relabel(nth(n), { add: [labels[n % 2]!] }),
    unlabel: (n: number) => gmail.relabel(nth(n), { remove: labels }),
    see: (n: number) => gmail.relabel(nth(n), { remove: ['UNREAD'] }),
    unsee: (n: number) => gmail.relabel(nth(n), { add: ['UNREAD'] }),
    remove: (n: number) => gmail.mails.size > 2 && gmail.remove(nth(n)),
  };
  const interruptions = {
    none: () => undefined,
    lost: () =>
      asOwner(app, `update mail_connection set lease = 'nobody 0', leased_until = now() where mailbox_id = $1`, [
        mailbox,
      ]),
    double: () =>
      asOwner(
        app,
        `insert into job (tenant_id, kind, payload, state, run_at, attempts_max)
         select tenant_id, 'mail.sync', jsonb_build_object('mailbox_id', mailbox_id), 'ready', now(), 5
         from mail_connection where mailbox_id = $1`,
        [mailbox],
      ),
    history: () => gmail.forgetHistory(),
    cursor: () => asOwner(app, 'update mail_connection set cursor = null where mailbox_id = $1', [mailbox]),
    quota: () => google.exceedQuota(2),
    expired: () => google.expire(),
    brokenList: () => google.breakOff('gmail.users.messages.list', false),
    brokenGet: () => google.breakOff('gmail.users.messages.get', true),
    smallPages: () => {
      gmail.page_rows = 2;
    },
  };
  const step = fc.record({
    change: fc.constantFrom(...(Object.keys(changes) as (keyof typeof changes)[])),
    interruption: fc.constantFrom(...(Object.keys(interruptions) as (keyof typeof interruptions)[])),
    at: fc.integer({ min: 0, max: 40 }),
    isListedAnew: fc.boolean(),
  });
  const steps = fc.array(step, { minLength: 6, maxLength: 14 });
  const wanted = fc.asyncProperty(steps, async (plan) => {
    for (const { change, interruption, at, isListedAnew } of plan) {
      if (isListedAnew) await made(api, `mailboxes/${mailbox}/comparisons`);
      else await lookAgain();
      changes[change](at);
      await interruptions[interruption]();
    }
    gmail.page_rows = 500;
    await eventually(async () => {
      await lookAgain();
      await sleep(500);
      return isEqual(api, mailbox).then(
        () => true,
        () => false,
      );
    }).catch(() => undefined);
    await isEqual(api, mailbox);
    await compare(api, mailbox);
    await inSync(api, mailbox);
    await isEqual(api, mailbox);
    assert.deepEqual(google.complaints, []);
  });
  await fc.assert(wanted, { numRuns: plans, seed, endOnFailure: true });
});

const folderOf = (labels: ReadonlySet<string>): string =>
  ['TRASH', 'SPAM', 'DRAFT', 'INBOX', 'SENT'].find((label) => labels.has(label)) ?? 'ALL';

/** A look at the provider as it comes once a minute, without listing all. */
const lookAgain = () =>
  asOwner(app, `update job set run_at = now() where kind = 'mail.sync' and state in ('scheduled', 'ready')`);

/** That ledger and store are what Gmail has, by Gmail's own word. */
async function isEqual(api: Client, mailbox: string): Promise<void> {
  const mails = [...google.gmail.mails.values()];
  const rows = (await asOwner(
    app,
    `select f.path || ' ' || to_hex(l.uid) || ' ' || l.is_seen || ' ' || array_to_string(array(select b.path
        from mail_folder b where b.tenant_id = l.tenant_id and b.id = any (l.label_ids) and b.is_label order by b.path), ',') as item,
      l.outcome
    from mail_ledger l join mail_folder f on f.tenant_id = l.tenant_id and f.id = l.folder_id where l.mailbox_id = $1
      and l.outcome <> 'gone'`,
    [mailbox],
  )) as { item: string; outcome: string }[];
  const own = (labels: ReadonlySet<string>) =>
    [...labels]
      .filter((label) => label.startsWith('Label_'))
      .sort()
      .join();
  assert.deepEqual(
    rows.map(({ item }) => item).sort(),
    mails.map(({ id, labels }) => `${folderOf(labels)} ${id} ${!labels.has('UNREAD')} ${own(labels)}`).sort(),
    'each mail of Gmail has its row, in its folder and with its labels, and no other has',
  );
  const waiting = rows.filter(({ outcome }) => !['imported', 'duplicate', 'excluded'].includes(outcome));
  assert.deepEqual(waiting, [], 'nothing waits');
  const { data: folders } = await read(api, `mailboxes/${mailbox}/folders`);
  for (const { path, provider_count, ledger_count } of folders) {
    const count = mails.filter(({ labels }) =>
      path.startsWith('Label_') ? labels.has(path) : folderOf(labels) === path,
    );
    assert.deepEqual([path, provider_count, ledger_count], [path, count.length, count.length]);
  }
  const messages = (await asOwner(app, 'select subject from mail_message where $1 = any (mailbox_ids)', [mailbox])) as {
    subject: string;
  }[];
  const subjects = messages.map(({ subject }) => subject);
  assert.equal(new Set(subjects).size, subjects.length, 'each mail is here once');
  for (const { labels, raw } of mails)
    if (!['TRASH', 'SPAM', 'DRAFT'].includes(folderOf(labels)))
      assert.ok(subjects.includes(/^Subject: (.*)\r$/m.exec(raw.toString())![1]!), 'each is here');
}
