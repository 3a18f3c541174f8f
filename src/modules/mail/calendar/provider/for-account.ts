import type { Services } from '../../../../kernel/services.ts';
import { googleApiFor } from '../../mailbox/index.ts';
import { accountPasswords } from '../../password.ts';
import { DavClient } from '../account/dav.ts';
import type { AccountRow } from '../account/queries.ts';
import { calDavProvider } from './caldav.ts';
import { GoogleCalendarProvider } from './google.ts';
import type { CalendarProvider } from './provider.ts';

/** The provider of an account that is connected. Throws `MailTrouble` for what is wrong with it. */
export async function providerOf(
  services: Services,
  tenant_id: string,
  { id, url, username, sealed_password }: AccountRow,
  signal?: AbortSignal,
): Promise<CalendarProvider> {
  const password = accountPasswords.open(services, tenant_id, id, sealed_password);
  if (url === null)
    return new GoogleCalendarProvider(
      await googleApiFor(services, { tenant_id, api: 'calendar', refresh_token: password, signal }),
    );
  const client = new DavClient(services.config, { url, username, password }, signal);
  return calDavProvider({ client, url, tenant_id });
}
