import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImapFlow } from 'imapflow';
import { sql } from '../../../../kernel/database/database.ts';
import type { Services } from '../../../../kernel/services.ts';
import { systemActor, withContext } from '../../../../kernel/tenancy/context.ts';
import { mailboxPasswords } from '../../password.ts';
import { withImap } from '../connection/imap.ts';
import { findConnection, serversOf } from '../connection/queries.ts';
import { MailTrouble } from '../connection/trouble.ts';
import { syncAt } from '../sync/jobs.ts';

/** So often a process says which mailboxes it still watches, and takes those that nobody does. */
const look_ms = 8_000;
/** How many one process watches: each is an open connection. Others are looked at once a minute. */
const watched_max = 500;

interface Watched {
  tenant_id: string;
  mailbox_id: string;
}

/**
 * Keeps a connection to the provider of each mailbox that is in sync, and has the mailbox looked at when the provider
 * says that something has changed (IDLE). Over all nodes each is watched by one process; one that dies is replaced when
 * its claim has run out (`app.watch_mailboxes`).
 */
export class MailboxWatcher {
  private readonly services: Services;
  private readonly name = randomUUID();
  private readonly watching = new Map<string, AbortController>();
  private readonly ending = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(services: Services) {
    this.services = services;
  }

  start(): void {
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    for (const each of this.watching.values()) each.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    const { db, log, outgoing } = this.services;
    while (!signal.aborted) {
      try {
        // A copy of an installation leaves the mailboxes to the one that it was made of.
        if (outgoing.allowed) this.follow(await claim(this.services, this.name));
      } catch (error) {
        log.warn({ err: error }, 'mailboxes could not be watched');
      }
      await sleep(look_ms, undefined, { signal }).catch(() => undefined);
    }
    await db
      .call(sql`select app.leave_mailboxes(${this.name})`)
      .catch((error: unknown) => log.warn({ err: error }, 'watched mailboxes could not be left'));
  }

  private follow(claimed: readonly Watched[]): void {
    const ids = new Set(claimed.map(({ mailbox_id }) => mailbox_id));
    for (const [id, ending] of this.watching) if (!ids.has(id)) ending.abort();
    for (const one of claimed) if (!this.watching.has(one.mailbox_id)) void this.watch(one);
  }

  private async watch({ tenant_id, mailbox_id }: Watched): Promise<void> {
    const ending = new AbortController();
    this.watching.set(mailbox_id, ending);
    const { signal } = ending;
    const { config, db, log } = this.services;
    try {
      const row = await withContext(db, systemActor(tenant_id), (ctx) => findConnection(ctx, mailbox_id));
      const server = row && serversOf(row)?.imap;
      // Google tells of changes by Pub/Sub alone, which would need an address of ours that it reaches.
      if (!server) return;
      const password = mailboxPasswords.open(this.services, tenant_id, mailbox_id, row.sealed_password);
      await withImap(
        config,
        server,
        { username: row.username, password },
        (client) => this.idle(client, { tenant_id, mailbox_id }, signal),
        signal,
      );
    } catch (error) {
      // What is wrong with a connection is said by the runs that fetch mail over it.
      if (!signal.aborted && !(error instanceof MailTrouble))
        log.warn({ err: error, mailbox_id }, 'a mailbox is not watched');
    } finally {
      // Nobody takes it before the claim has run out, so that a provider that refuses is not asked all the time.
      this.watching.delete(mailbox_id);
    }
  }

  private async idle(client: ImapFlow, { tenant_id, mailbox_id }: Watched, signal: AbortSignal): Promise<void> {
    const { db, log } = this.services;
    const changed = () =>
      void withContext(db, systemActor(tenant_id), (ctx) => syncAt(ctx, mailbox_id, 0)).catch((error: unknown) =>
        log.warn({ err: error, mailbox_id }, 'a change of a mailbox was missed until the next look'),
      );
    for (const event of ['exists', 'expunge', 'flags'] as const) client.on(event, changed);
    await client.mailboxOpen('INBOX', { readOnly: true });
    // What came while nobody watched is told by nobody.
    changed();
    while (client.usable && !signal.aborted) await client.idle();
  }
}

const claim = async ({ db }: Services, name: string): Promise<Watched[]> =>
  db.call<Watched>(sql`select tenant_id, mailbox_id from app.watch_mailboxes(${name}, ${watched_max})`);
