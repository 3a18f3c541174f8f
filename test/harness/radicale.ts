import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, killService, startService } from './service.ts';

export const calendar_password = 'sesame';

/**
 * A CalDAV server of Radicale for one test file: every user is there with the same password, and begins without a
 * calendar.
 */
export interface Radicale {
  url: string;
  /** Makes a calendar of a user. Its address is answered. */
  calendar(user: string, name: string): Promise<string>;
  put(user: string, href: string, ics: string): Promise<void>;
  get(user: string, href: string): Promise<string | undefined>;
  remove(user: string, href: string): Promise<void>;
  /** The names of the items of a calendar. */
  list(user: string, href: string): Promise<string[]>;
  stop(): Promise<void>;
}

const program = ['/usr/bin/radicale', '/usr/local/bin/radicale', '/opt/homebrew/bin/radicale'].find(existsSync);

/** Why tests that need it cannot run; undefined where Radicale is. */
export const radicaleSkip = program ? undefined : 'Radicale is not installed (apt-get install radicale)';

export async function startRadicale(users: readonly string[]): Promise<Radicale> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-radicale-'));
  const port = await freePort();
  const file = join(folder, 'config');
  await writeFile(join(folder, 'users'), users.map((user) => `${user}:${calendar_password}\n`).join(''));
  await writeFile(
    file,
    `[server]
hosts = 127.0.0.1:${port}
[auth]
type = htpasswd
htpasswd_filename = ${join(folder, 'users')}
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = ${join(folder, 'collections')}
[web]
type = none
`,
  );
  const url = `http://127.0.0.1:${port}/`;
  const server = await startService({ command: program!, args: ['--config', file], isUp: () => answers(url) });
  const ask = (user: string, method: string, href: string, body?: string, headers: Record<string, string> = {}) =>
    fetch(new URL(href, url), {
      method,
      ...(body !== undefined && { body }),
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${calendar_password}`).toString('base64')}`,
        ...headers,
      },
    });
  const done = async (answer: Promise<Response>) => {
    const { status, statusText } = await answer;
    if (status >= 300) throw new Error(`Radicale answers ${status} ${statusText}`);
  };
  return {
    url,
    calendar: async (user, name) => {
      const href = `/${user}/${name.toLowerCase()}/`;
      const body = `<?xml version="1.0"?><d:mkcol xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:displayname>${name}</d:displayname></d:prop></d:set></d:mkcol>`;
      await done(ask(user, 'MKCOL', href, body));
      return href;
    },
    put: (user, href, ics) => done(ask(user, 'PUT', href, ics, { 'content-type': 'text/calendar' })),
    get: async (user, href) => {
      const answer = await ask(user, 'GET', href);
      return answer.status === 200 ? answer.text() : undefined;
    },
    remove: (user, href) => done(ask(user, 'DELETE', href)),
    list: async (user, href) => {
      const text = await (await ask(user, 'PROPFIND', href, undefined, { depth: '1' })).text();
      return [...text.matchAll(/<href>([^<]*\.ics)<\/href>/g)].map(([, item]) => item!).sort();
    },
    stop: async () => {
      await killService(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return (await fetch(url).catch(() => undefined)) !== undefined;
}

/** An item of a calendar. Each event is its lines. */
export const ics = (...events: readonly (readonly string[])[]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Test//EN',
    ...events.flatMap((lines) => ['BEGIN:VEVENT', 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT']),
    'END:VCALENDAR',
    '',
  ].join('\r\n');
