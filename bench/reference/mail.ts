import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ImapFlow } from 'imapflow';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import PostalMime from 'postal-mime';

/**
 * What one would write by hand: fetch, parse, COPY into a table with three indexes. Nothing of it can go wrong and go
 * on. Returns the seconds.
 */
export async function importMailBare(
  databaseUrl: string,
  server: { host: string; port: number; user: string; pass: string },
): Promise<number> {
  const began = performance.now();
  const db = new pg.Client({ connectionString: databaseUrl });
  await db.connect();
  await db.query('drop table if exists mails');
  await db.query(`create table mails (uid int primary key, header_id text, subject text, from_address text, to_addresses text,
    sent_at timestamptz, body text,
    html text, raw bytea)`);
  await db.query('create index on mails (sent_at)');
  await db.query('create index on mails (header_id)');
  await db.query('create index on mails (from_address)');
  const { host, port, user, pass } = server;
  const client = new ImapFlow({ host, port, secure: false, doSTARTTLS: false, auth: { user, pass }, logger: false });
  await client.connect();
  await client.mailboxOpen('INBOX', { readOnly: true });
  const lines = new PassThrough();
  const copied = pipeline(lines, db.query(copyFrom('copy mails from stdin')));
  for await (const { uid, source } of client.fetch('1:*', { uid: true, source: true })) {
    const mail = await PostalMime.parse(source!);
    const cells = [
      mail.messageId,
      mail.subject,
      mail.from?.address,
      (mail.to ?? []).map(({ address }) => address).join(),
      mail.date,
      mail.text,
      mail.html,
    ].map(cellOf);
    const line = `${[uid, ...cells, `\\\\x${source!.toString('hex')}`].join('\t')}\n`;
    if (!lines.write(line)) await new Promise((resolve) => lines.once('drain', resolve));
  }
  lines.end();
  await copied;
  await client.logout();
  await db.end();
  return (performance.now() - began) / 1000;
}

const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const cellOf = (text: string | undefined) =>
  text === undefined ? '\\N' : text.replace(/[\\\t\n\r]/g, (sign) => escapes[sign]!);
