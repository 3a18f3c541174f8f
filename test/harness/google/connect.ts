import type { Client } from '../app.ts';
import { made } from '../mailbox.ts';
import type { FakeGoogle } from './fake.ts';

/** Connects a mailbox as its owner does: by way of Google's page. */
export async function connectGmail(api: Client, google: FakeGoogle, mailbox: string) {
  const { url } = await made(api, `mailboxes/${mailbox}/google-consents`);
  const { searchParams } = await google.agree(url);
  return api('POST', '/api/v1/google-mailboxes', {
    state: searchParams.get('state'),
    code: searchParams.get('code'),
  });
}

/** Connects calendars as their owner does; an account that is there anew. */
export async function connectCalendars(api: Client, google: FakeGoogle, account_id?: string) {
  const { url } = await made(api, 'google-calendar-consents', account_id ? { account_id } : {});
  const { searchParams } = await google.agree(url);
  return api('POST', '/api/v1/google-calendar-accounts', {
    state: searchParams.get('state'),
    code: searchParams.get('code'),
  });
}
