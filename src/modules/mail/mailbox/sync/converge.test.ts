import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { ImapFlow } from 'imapflow';
import { eventually, startTestApp, type TestApp, unlimited } from '../../../../../test/harness/app.ts';
import { testKey } from '../../../../../test/harness/cluster.ts';
import { type Dovecot, dovecotSkip, rawMail, startDovecot } from '../../../../../test/harness/dovecot.ts';
import { asOwner } from '../../../../../test/harness/identity.ts';
import { type ImapProxy, startImapProxy } from '../../../../../test/harness/imap-proxy.ts';
import { type StopAt, startMailProcess } from '../../../../../test/harness/mail-process.ts';
import {
  compare,
  connectionOf,
  connectMailbox,
  inSync,
  made,
  read,
  startSubmission,
} from '../../../../../test/harness/mailbox.ts';
import type { App } from '../../../../app.ts';
import type { MailSink } from '../../../../kernel/mail/sink.ts';

/** A longer run: HOLDFAST_MAIL_PLANS=100. */
const plans = Number(process.env.HOLDFAST_MAIL_PLANS ?? 3);
const seed = Number(process.env.HOLDFAST_MAIL_SEED ?? 53);
const address = 'zoe@post.example';

let app: TestApp;
let dovecot: Dovecot;
let worker: App;
let proxy: ImapProxy;
let smtp: MailSink;
before(async () => {
  if (dovecotSkip) return;
  dovecot = await startDovecot();
  proxy = await startImapProxy(dovecot.port);
  smtp = await startSubmission();
  app = await startTestApp({ HOLDFAST_ROLE: 'web', ALLOW_PRIVATE_NETWORKS: 'true', ...unlimited });
  await startWorker();
});
after(async () => {
  await app?.stop();
  await proxy?.stop();
  await dovecot?.stop();
  await smtp?.close();
});

const startWorker = async () => {
  worker = await app.secondNode({ HOLDFAST_ROLE: 'worker' });
};

test('whatever the provider does while runs are killed, lost, broken off, doubled and lied to, ledger and store end as the provider', {
  skip: dovecotSkip,
  timeout: plans * 120_000,
}, async () => {
  const { api } = await (await app.tenant('post')).as('member', 'Zoe');
  const raws: string[] = [];
  const compose = (id: string, body: string) =>
    rawMail({ from: 'a@a.example', to: address, subject: `M${raws.length}`, id: `${id}@a.example`, body });
  const append = async (client: ImapFlow, folder: string, id = String(raws.length)) => {
    raws.push(compose(id, `About ${raws.length}`));
    await client.append(folder, raws.at(-1)!);
  };
  await dovecot.as(address, async (client) => {
    for (const folder of ['INBOX', 'Archive', 'Archive']) await append(client, folder);
  });
  const { id: mailbox } = await made(api, 'mailboxes', { name: 'Zoe', address });
  await connectMailbox(api, mailbox, connectionOf(address, proxy, smtp));

  const some = async (client: ImapFlow, folder: string) => {
    await client.mailboxOpen(folder);
    return ((await client.search({ all: true }, { uid: true })) || []).slice(0, 2).join();
  };
  const own = async (client: ImapFlow) =>
    (await client.list()).map(({ path }) => path).filter((path) => path.startsWith('Case'));
  const move = (from: string, to: string) => async (client: ImapFlow) => {
    const uids = await some(client, from);
    if (uids) await client.messageMove(uids, to, { uid: true });
  };
  const changes = {
    write: (client: ImapFlow) => append(client, 'INBOX'),
    writeOfSameId: (client: ImapFlow) => append(client, 'INBOX', '0'),
    repeat: async (client: ImapFlow) => void (await client.append('INBOX', raws.at(-1)!)),
    repeatElsewhere: async (client: ImapFlow) => void (await client.append('Archive', raws[0]!)),
    writeJunk: (client: ImapFlow) => append(client, 'Junk'),
    archive: move('INBOX', 'Archive'),
    bringBack: move('Archive', 'INBOX'),
    junk: move('INBOX', 'Junk'),
    see: async (client: ImapFlow) => {
      const uids = await some(client, 'INBOX');
      if (uids) await client.messageFlagsAdd(uids, ['\\Seen'], { uid: true });
    },
    unsee: async (client: ImapFlow) => {
      const uids = await some(client, 'INBOX');
      if (uids) await client.messageFlagsRemove(uids, ['\\Seen'], { uid: true });
    },
    remove: async (client: ImapFlow) => {
      const uids = await some(client, 'Archive');
      if (uids) await client.messageDelete(uids, { uid: true });
    },
    makeFolder: async (client: ImapFlow) => {
      const path = `Case ${raws.length}`;
      await client.mailboxCreate(path);
      await append(client, path);
    },
    renameFolder: async (client: ImapFlow) => {
      const [path] = await own(client);
      if (path) await client.mailboxRename(path, `Case of ${raws.length} ${path.length}`);
    },
    removeFolder: async (client: ImapFlow) => {
      const [path] = await own(client);
      if (path) await client.mailboxDelete(path);
    },
    renumber: async (client: ImapFlow) => {
      const uids = await some(client, 'Archive');
      const mails = uids ? await client.fetchAll('1:*', { uid: true, source: true }) : [];
      await client.mailboxOpen('INBOX');
      await client.mailboxDelete('Archive');
      await client.mailboxCreate('Archive');
      for (const { source } of mails.toReversed()) await client.append('Archive', source!);
    },
    // The numbers of before mean other mails.
    replaceFolder: async (client: ImapFlow) => {
      await client.mailboxOpen('Archive');
      const uids = (await client.search({ all: true }, { uid: true })) || [];
      await client.mailboxOpen('INBOX');
      await client.mailboxDelete('Archive');
      await client.mailboxCreate('Archive');
      for (let uid = 1; uid <= Math.max(...uids, 1); uid++) await append(client, 'Archive');
    },
  };
  const interruptions = {
    none: () => undefined,
    lost: () =>
      asOwner(app, `update mail_connection set lease = 'nobody 0', leased_until = now() where mailbox_id = $1`, [
        mailbox,
      ]),
    double: () => startSync(mailbox),
    broken: () => proxy.breakOff(),
    lies: () => proxy.lie(),
    cursor: () =>
      asOwner(
        app,
        'update mail_folder set uid_validity = null, provider_count = null where mailbox_id = $1 and gone_at is null',
        [mailbox],
      ),
    overlapWhileListing: () => overlap(/UID FETCH .*ENVELOPE/),
    overlapWhileFetching: () => overlap(/UID FETCH .*BODY/),
    killWhileStoring: (at: number) => kill('stored', 1 + (at % 2)),
    killBetween: (at: number) => kill('committed', at),
  };
  const syncSomething = async () => {
    proxy.beHonest();
    await dovecot.as(address, async (client) => {
      await append(client, 'INBOX');
      await append(client, 'INBOX');
    });
    await made(api, `mailboxes/${mailbox}/comparisons`);
  };
  /** A run that waits for its provider until its lease is out, and longer than the one that takes over. */
  const overlap = async (command: RegExp) => {
    const held = proxy.hold(command);
    await syncSomething();
    const release = await held;
    await asOwner(app, 'update mail_connection set leased_until = now() where mailbox_id = $1', [mailbox]);
    const id = await startSync(mailbox);
    await eventually(async () => (await syncsInState('done')).includes(id));
    release();
  };
  /** A run in a process of its own, which is killed when it has come so far. */
  const kill = async (step: StopAt['step'], count: number) => {
    await worker.stop();
    await syncSomething();
    await runUntilKilled({ step, count });
    await startWorker();
  };
  const step = fc.record({
    change: fc.constantFrom(...(Object.keys(changes) as (keyof typeof changes)[])),
    interruption: fc.constantFrom(...(Object.keys(interruptions) as (keyof typeof interruptions)[])),
    waits: fc.integer({ min: 0, max: 80 }),
    at: fc.integer({ min: 1, max: 25 }),
  });
  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
  /** What each plan has, somewhere. */
  const required: Partial<Step>[] = [
    { change: 'replaceFolder', interruption: 'none' },
    { interruption: 'overlapWhileListing' },
    { interruption: 'overlapWhileFetching' },
    { interruption: 'killWhileStoring' },
    { interruption: 'killBetween' },
  ];
  const steps = fc
    .tuple(
      fc.array(step, { minLength: 2, maxLength: 6 }),
      fc.tuple(...required.map((some) => step.map((one) => ({ ...one, ...some })))),
    )
    .chain(([some, others]) => {
      const all = [...some, ...others];
      return fc.shuffledSubarray(all, { minLength: all.length });
    });
  const wanted = fc.asyncProperty(steps, async (plan) => {
    for (const { change, interruption, waits, at } of plan) {
      await made(api, `mailboxes/${mailbox}/comparisons`);
      await dovecot.as(address, changes[change]);
      await sleep(waits);
      await interruptions[interruption](at);
    }
    proxy.beHonest();
    await compare(api, mailbox);
    await inSync(api, mailbox);
    await checkEqual(api, mailbox);
  });
  await fc.assert(wanted, { numRuns: plans, seed, endOnFailure: true });
});

type Api = Parameters<typeof read>[0];

/** Another sync of the mailbox, whatever else waits or runs. Returns its job. */
async function startSync(mailbox: string): Promise<string> {
  const [job] = (await asOwner(
    app,
    `insert into job (tenant_id, kind, payload, state, run_at, attempts_max)
    select tenant_id, 'mail.sync', jsonb_build_object('mailbox_id', mailbox_id), 'ready', now(), 5 from mail_connection
      where mailbox_id = $1
    returning id`,
    [mailbox],
  )) as { id: string }[];
  return job!.id;
}

const syncsInState = async (state: string) =>
  ((await asOwner(app, `select id from job where kind = 'mail.sync' and state = $1`, [state])) as { id: string }[]).map(
    ({ id }) => id,
  );

/** Works in a process of its own, and kills it at a step, or some time after if it does not come so far. */
async function runUntilKilled(stopAt: StopAt): Promise<void> {
  const child = startMailProcess(app, testKey(), stopAt);
  await Promise.race([child.reached, sleep(4_000, undefined, { ref: false })]);
  await child.kill();
}

/** That ledger and store are what the provider has, by the provider's own word. */
async function checkEqual(api: Api, mailbox: string): Promise<void> {
  const provider = await dovecot.as(address, async (client) => {
    const folders: { path: string; count: number }[] = [];
    const items: string[] = [];
    const subjects = new Set<string>();
    for (const { path } of await client.list()) {
      const { uidValidity, exists } = await client.mailboxOpen(path, { readOnly: true });
      const all = exists ? await client.fetchAll('1:*', { uid: true, flags: true, envelope: true }) : [];
      folders.push({ path, count: all.length });
      for (const { uid, flags, envelope } of all) {
        const isJunk = path === 'Junk';
        items.push(`${path} ${uidValidity} ${uid} ${isJunk ? 'excluded' : flags?.has('\\Seen')}`);
        if (!isJunk) subjects.add(envelope?.subject ?? '');
      }
    }
    return { folders, items: items.sort(), subjects: [...subjects].sort() };
  });
  const rows = (await asOwner(
    app,
    `select f.path || ' ' || l.uid_validity || ' ' || l.uid || ' '
      || case when l.outcome in ('imported', 'duplicate') then l.is_seen::text else l.outcome end as item
    from mail_ledger l join mail_folder f on f.tenant_id = l.tenant_id and f.id = l.folder_id where l.mailbox_id = $1
      and l.outcome <> 'gone'`,
    [mailbox],
  )) as { item: string }[];
  assert.deepEqual(
    rows.map(({ item }) => item).sort(),
    provider.items,
    'each item that the provider lists has its row, and no other has',
  );
  const { data: folders } = await read(api, `mailboxes/${mailbox}/folders`);
  const counted = folders.map(({ path, provider_count, ledger_count }: Record<string, unknown>) => [
    path,
    provider_count,
    ledger_count,
  ]);
  assert.deepEqual(
    counted.sort(),
    provider.folders.map(({ path, count }) => [path, count, count]).sort(),
    'the sums of each folder are those of the provider',
  );
  const { counts } = await read(api, `mail-ledger?mailbox_id=${mailbox}&limit=1`);
  const sum = Object.entries(counts as Record<string, number>).reduce(
    (all, [outcome, count]) => all + (outcome === 'gone' ? 0 : count),
    0,
  );
  assert.equal(sum, provider.items.length, 'and so are those of the outcomes');
  const messages = (await asOwner(app, 'select subject from mail_message where $1 = any (mailbox_ids)', [mailbox])) as {
    subject: string;
  }[];
  assert.deepEqual(messages.map(({ subject }) => subject).sort(), provider.subjects, 'each mail is here once');
  const files = (await asOwner(
    app,
    `select f.storage_key, l.raw_key from (select * from file where kind = 'mail') f
    full join (select * from mail_ledger where raw_key is not null) l on l.tenant_id = f.tenant_id and l.raw_key = f.storage_key
    where f.storage_key is null or l.raw_key is null`,
  )) as object[];
  assert.deepEqual(files, [], 'each file of a mail belongs to an item, and each item that was fetched has its file');
  const [{ depth }] = (await asOwner(
    app,
    `select max(depth)::int as depth from audit_event where resource = 'mail_message'`,
  )) as [{ depth: number }];
  assert.ok(
    depth <= 2,
    `turns that follow each other are no chain of causes, which would be taken for a loop: ${depth}`,
  );
}
