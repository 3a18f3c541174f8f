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
