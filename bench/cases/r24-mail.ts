import { setTimeout as sleep } from 'node:timers/promises';
import { type Dovecot, dovecotSkip, mail_password, rawMail, startDovecot } from '../../test/harness/dovecot.ts';
import { connectionOf, startSubmission } from '../../test/harness/mailbox.ts';
import type { Bench, Case } from '../bench.ts';
import { withClient } from '../cluster.ts';
import type { Figure } from '../figure.ts';
import { limitFigure } from '../limit.ts';
import { Connection } from '../load.ts';
import { listP95During, listP95For, ratio } from '../meanwhile.ts';
import { MemoryWatch } from '../memory.ts';
import { importMailBare } from '../reference/mail.ts';
import { percentile } from '../statistics.ts';

const mails_smoke = 40;
const newest = 1_000;
const time_ratio_max = 4;
const memory_growth_max_megabytes = 200;
const list_ratio_max = 2;
const newest_seconds_max = 60;
const idle_seconds_max = 5;
const compare_seconds_max = 20;
const quiet_ms = 30_000;
const user = 'kim@bench.example';
const poll_ms = 200;
const seconds_max = 3_600;

/**
 * Mails of a few people, every third an answer, of two hundred to three thousand characters, every fifth with HTML
 * beside.
 */
function* mails(count: number): Generator<string> {
  const words = Array.from({ length: 500 }, (_, n) => `word${n}`);
  for (let n = 0; n < count; n++) {
    const sentence = (at: number) =>
      Array.from({ length: 12 }, (_, w) => words[(n * 7 + at * 31 + w * w) % 500]).join(' ');
    const text = Array.from({ length: 2 + ((n * 13) % 30) }, (_, at) => `${sentence(at)}.`).join('\r\n');
    const html = `<html><body><p>${text.replaceAll('\r\n', '</p><p>')}</p></body></html>`;
    const both = `--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${html}\r\n--b--`;
    yield rawMail({
      from: `Person ${n % 900} <person${n % 900}@client${n % 90}.example>`,
      to: user,
      subject: n % 3 === 2 ? `Re: Subject ${n - 1}` : `Subject ${n}`,
      id: `m${n}@client.example`,
      ...(n % 3 === 2 && { references: `m${n - 1}@client.example` }),
      date: new Date(Date.UTC(2020, 0, 1) + n * 600_000).toISOString(),
      body: n % 5 === 0 ? both : text,
      headers: n % 5 === 0 ? ['MIME-Version: 1.0', 'Content-Type: multipart/alternative; boundary=b'] : [],
    });
  }
}

interface MailConnection {
  state: string;
  problem: string | null;
  compared_at: string | null;
  waiting: number;
}

/** Asks until `isDone` says so; returns the seconds. */
async function until(what: string, isDone: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  while (!(await isDone())) {
    if (performance.now() - began > seconds_max * 1000) throw new Error(`It took too long until ${what}`);
    await sleep(poll_ms);
  }
  return (performance.now() - began) / 1000;
}

const answerOf = async <T>(connection: Connection, ...call: Parameters<Connection['send']>): Promise<T> =>
  JSON.parse((await connection.send(...call)).text || 'null') as T;

/** Connects a mailbox, and says when the newest were there, and when all. */
async function importMailbox(bench: Bench, connection: Connection, id: string, dovecot: Dovecot, count: number) {
  const smtp = await startSubmission();
  try {
    const began = performance.now();
    await connection.send({
      method: 'PUT',
      path: `/api/v1/mailboxes/${id}/connection`,
      body: connectionOf(user, dovecot, smtp),
    });
    const first = await withClient(bench.dataset.holdfastUrl, async (client) => {
      await client.query('set role holdfast_system');
      const question = `select count(*)::int as n from (select l.outcome from mail_ledger l where l.tenant_id = $1 and l.mailbox_id = $2
        order by l.sent_at desc limit $3) newest where newest.outcome = 'imported'`;
      const few = Math.min(newest, count);
      await until('the newest mails were there', async () => {
        const { rows } = await client.query(question, [bench.admin.tenant_id, id, few]);
        return rows[0].n === few;
      });
      return (performance.now() - began) / 1000;
    });
    await until('the mailbox was in sync', async () => {
      await sleep(poll_ms * 4);
      const { state, waiting, problem } = await answerOf<MailConnection>(connection, {
        method: 'GET',
        path: `/api/v1/mailboxes/${id}/connection`,
      });
      if (state === 'failed') throw new Error(`The mailbox has a problem: ${problem}`);
      return state === 'in_sync' && waiting === 0;
    });
    return { first, all: (performance.now() - began) / 1000 };
  } finally {
    await smtp.close();
  }
}

/** p95 of how long it takes until a mail that arrives is in the list of messages. */
async function idleP95(bench: Bench, connection: Connection, dovecot: Dovecot): Promise<number> {
  const times = bench.smoke ? 1 : 30;
  const taken: number[] = [];
  await dovecot.as(user, async (client) => {
    for (let n = 0; n < times; n++) {
      const subject = `Arrives ${n}`;
      await client.append(
        'INBOX',
        rawMail({
          from: 'new@client.example',
          to: user,
          subject,
          id: `n${n}@client.example`,
          date: new Date().toISOString(),
        }),
      );
      taken.push(
        await until('a new mail was shown', async () => {
          const { data } = await answerOf<{ data: { subject: string }[] }>(connection, {
            method: 'GET',
            path: '/api/v1/messages?limit=5',
          });
          return data.some((one) => one.subject === subject);
        }),
      );
    }
  });
  return percentile(taken, 0.95);
}

async function compareSeconds(connection: Connection, id: string): Promise<number> {
  const path = `/api/v1/mailboxes/${id}`;
  const asked = new Date().toISOString();
  await connection.send({ method: 'POST', path: `${path}/comparisons` });
  return until('the mailbox was compared', async () => {
    const { compared_at, state } = await answerOf<MailConnection>(connection, {
      method: 'GET',
      path: `${path}/connection`,
    });
    return state === 'in_sync' && (compared_at ?? '') > asked;
  });
}

async function measure(bench: Bench): Promise<Figure[]> {
  if (dovecotSkip) {
    bench.say(`  left out: ${dovecotSkip}`);
    return [];
  }
  const count = bench.smoke ? mails_smoke : bench.mails;
  const dovecot = await startDovecot();
  const connection = new Connection(bench.holdfast);
  try {
    bench.say(`  ${count} mails in Dovecot …`);
    await dovecot.fill(user, mails(count));
    // Once for its index of the folder, which the first to come pays.
    await dovecot.as(user, (client) =>
      client.mailboxOpen('INBOX', { readOnly: true }).then(() => client.fetchAll('1:*', { envelope: true })),
    );
    const bare = await importMailBare(bench.dataset.referenceUrl, {
      host: dovecot.host,
      port: dovecot.port,
      user,
      pass: mail_password,
    });
    const { id } = await answerOf<{ id: string }>(connection, {
      method: 'POST',
      path: '/api/v1/mailboxes',
      body: { name: 'Kim', address: user },
    });
    const quiet = await listP95For(bench, bench.smoke ? 100 : quiet_ms);
    const watch = new MemoryWatch(bench.holdfastServer.pid);
    const before = watch.peak;
    const [meanwhile, taken] = await listP95During(bench, importMailbox(bench, connection, id, dovecot, count));
    const growth = watch.peak - before;
    watch.stop();
    const compared = await compareSeconds(connection, id);
    const idle = await idleP95(bench, connection, dovecot);
    const what = `${count.toLocaleString('en')} messages from Dovecot`;
    return [
      { id: 'R24', what: `${what}, beside a bare script`, ...ratio(taken.all, bare, 's', time_ratio_max) },
      limitFigure({
        id: 'R24.memory',
        what: `${what}: growth of memory`,
        unit: 'MB',
        values: [growth],
        max: memory_growth_max_megabytes,
      }),
      {
        id: 'R24.list',
        what: `${what}: others' list meanwhile, beside before, p95`,
        ...ratio(meanwhile, quiet, 'ms', list_ratio_max),
      },
      limitFigure({
        id: 'R24.newest',
        what: `${what}: the newest ${newest} are there`,
        unit: 's',
        values: [taken.first],
        max: newest_seconds_max,
      }),
      limitFigure({
        id: 'R24.compared',
        what: `${what}: all identifiers compared`,
        unit: 's',
        values: [compared],
        max: compare_seconds_max,
      }),
      limitFigure({
        id: 'R24.idle',
        what: 'a message that arrives is shown, by IDLE, p95',
        unit: 's',
        values: [idle],
        max: idle_seconds_max,
      }),
    ];
  } finally {
    await connection.close();
    await dovecot.stop();
  }
}

/** R24: a mailbox that is connected for the first time. */
export const r24: Case = { id: 'R24', sizes: 'largest', measure };
