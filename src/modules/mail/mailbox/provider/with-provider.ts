import type { Services } from '../../../../kernel/services.ts';
import { mailboxPasswords } from '../../password.ts';
import { withImap } from '../connection/imap.ts';
import { type ConnectionRow, serversOf } from '../connection/queries.ts';
import type { GoogleApi } from '../google/api.ts';
import { googleApiFor } from '../google/client-routes.ts';
import { imapProvider } from './imap.ts';
import type { MailProvider } from './provider.ts';

interface Wanted {
  services: Services;
  tenant_id: string;
  connection: ConnectionRow;
  signal?: AbortSignal;
}

/** Signs in to the provider of a mailbox, for as long as the work takes. Throws `MailTrouble` for what is wrong there. */
export async function withProvider<R>(wanted: Wanted, work: (provider: MailProvider) => Promise<R>): Promise<R> {
  const { services, tenant_id, connection, signal } = wanted;
  const servers = serversOf(connection);
  if (!servers) {
    const { GmailProvider } = await import('./gmail.ts');
    return work(new GmailProvider(await gmailOf(wanted)));
  }
  const { mailbox_id, username, sealed_password } = connection;
  const password = mailboxPasswords.open(services, tenant_id, mailbox_id, sealed_password);
  const { config } = services;
  return withImap(config, servers.imap, { username, password }, (client) => work(imapProvider(client)), signal);
}

/** Google, for the owner of a mailbox that is there. */
export function gmailOf({ services, tenant_id, connection, signal }: Wanted): Promise<GoogleApi> {
  const { mailbox_id, sealed_password } = connection;
  const refresh_token = mailboxPasswords.open(services, tenant_id, mailbox_id, sealed_password);
  return googleApiFor(services, { tenant_id, api: 'gmail', refresh_token, signal });
}
