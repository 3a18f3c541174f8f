import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { ImapFlow } from 'imapflow';
import { startTestApp, type TestApp } from '../../../../../test/harness/app.ts';
import {
  type Dovecot,
  dovecotSkip,
  mail_password,
  rawMail,
  startDovecot,
} from '../../../../../test/harness/dovecot.ts';
import { asOwner } from '../../../../../test/harness/identity.ts';
import { compare, inSync, made, read } from '../../../../../test/harness/mailbox.ts';
import { type MailSink, startMailSink } from '../../../../kernel/mail/sink.ts';

/** A longer run: HOLDFAST_MAIL_PLANS=100. */
const plans = Number(process.env.HOLDFAST_MAIL_PLANS ?? 3);
const seed = Number(process.env.HOLDFAST_MAIL_SEED ?? 53);
const address = 'zoe@post.example';

let app: TestApp;
let dovecot: Dovecot;
let line: Line;
let smtp: MailSink;
before(async () => {
  if (dovecotSkip) return;
  dovecot = await startDovecot();
  line = await startLine(dovecot.port);
  smtp = await startMailSink({
    onAuth: (_auth, _session, done) => done(null, { user: 'anybody' }),
    allowInsecureAuth: true,
  });
  const plenty = { RATE_LIMIT_CALLER_PER_MINUTE: '100000', RATE_LIMIT_ADDRESS_PER_MINUTE: '100000' };
  app = await startTestApp({ ALLOW_PRIVATE_NETWORKS: 'true', ...plenty });
});
after(async () => {
  await app?.stop();
  await line?.stop();
  await dovecot?.stop();
  await smtp?.close();
});

test('whatever the provider does while runs are lost, broken off, doubled and lied to, ledger and store end as the provider', {
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
  await dovecot.as(address, (client) => append(client, 'INBOX'));
  const { id: mailbox } = await made(api, 'mailboxes', { name: 'Zoe', address });
  const put = await api('PUT', `/api/v1/mailboxes/${mailbox}/connection`, {
    imap: { host: '127.0.0.1', port: line.port, security: 'none' },
    smtp: { host: '127.0.0.1', port: Number(new URL(smtp.url).port), security: 'none' },
    username: address,
    password: mail_password,
  });
  assert.equal(put.status, 200, JSON.stringify(put.body));
  await inSync(api, mailbox);

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
      select tenant_id, 'mail.sync', jsonb_build_object('mailbox_id', mailbox_id), 'ready', now(), 5 from mail_connection where mailbox_id = $1`,
        [mailbox],
      ),
    broken: () => line.breakOff(),
    lies: () => line.lie(),
    cursor: () =>
      asOwner(
        app,
        'update mail_folder set uid_validity = null, provider_count = null where mailbox_id = $1 and gone_at is null',
        [mailbox],
      ),
  };
  const step = fc.record({
    change: fc.constantFrom(...(Object.keys(changes) as (keyof typeof changes)[])),
    interruption: fc.constantFrom(...(Object.keys(interruptions) as (keyof typeof interruptions)[])),
    waits: fc.integer({ min: 0, max: 80 }),
  });
  const wanted = fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (steps) => {
    for (const { change, interruption, waits } of steps) {
      await made(api, `mailboxes/${mailbox}/comparisons`);
      await dovecot.as(address, changes[change]);
      await sleep(waits);
      await interruptions[interruption]();
    }
    line.beHonest();
    await compare(api, mailbox);
    await inSync(api, mailbox);
    await checkEqual(api, mailbox);
  });
  await fc.assert(wanted, { numRuns: plans, seed, endOnFailure: true });
});

type Api = Parameters<typeof read>[0];

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
    from mail_ledger l join mail_folder f on f.tenant_id = l.tenant_id and f.id = l.folder_id where l.mailbox_id = $1 and l.outcome <> 'gone'`,
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
}

interface Line {
  port: number;
  /** All connections break with the next answer. */
  breakOff(): void;
  /** From now on searches leave out every second of what they found. */
  lie(): void;
  beHonest(): void;
  stop(): Promise<void>;
}

/** Stands between us and an IMAP server. */
async function startLine(port: number): Promise<Line> {
  let breaks = false;
  let lies = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const provider = connect(port, '127.0.0.1');
    for (const [socket, other] of [[client, provider], [provider, client]] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => other.destroy());
    }
    client.on('data', (data) => provider.write(data));
    provider.on('data', (data) => {
      if (breaks) {
        breaks = false;
        for (const each of sockets) each.destroy();
        return;
      }
      client.write(lies ? withoutSome(data) : data);
    });
  }); // biome-ignore format: pairs
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    breakOff: () => {
      breaks = true;
    },
    lie: () => {
      lies = true;
    },
    beHonest: () => {
      lies = false;
      breaks = false;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const withoutSome = (data: Buffer): Buffer =>
  Buffer.from(
    data.toString('latin1').replace(/^\* SEARCH (.*)\r$/m, (_, found: string) => {
      const left = found.split(' ').filter((_one, at) => at % 2 === 1);
      return `* SEARCH ${left.join(' ')}\r`;
    }),
    'latin1',
  );
