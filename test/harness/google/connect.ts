import type { Client } from '../app.ts';
import { made } from '../mailbox.ts';
import type { FakeGoogle } from './fake.ts';

/** Agrees at Google's page, and resolves with what it sends the browser back with. */
export async function googleAnswer(google: FakeGoogle, url: string) {
  const { searchParams } = await google.agree(url);
  return { state: searchParams.get('state'), code: searchParams.get('code') };
}

/** Connects a mailbox as its owner does: by way of Google's page. */
export async function connectGmail(api: Client, google: FakeGoogle, mailbox: string) {
  const { url } = await made(api, `mailboxes/${mailbox}/google-consents`);
  return api('POST', '/api/v1/google-mailboxes', await googleAnswer(google, url));
}

/** Connects calendars as their owner does; an account that is there anew. */
export async function connectCalendars(api: Client, google: FakeGoogle, account_id?: string) {
  const { url } = await made(api, 'google-calendar-consents', account_id ? { account_id } : {});
  return api('POST', '/api/v1/google-calendar-accounts', await googleAnswer(google, url));
}
