import type { Page, Request } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { desktop } from './browser.ts';

export const installed = { ...desktop, serviceWorkers: 'allow' } as const;

/** The worker has all it needs to show the page by itself. */
export const workerIsReady = (page: Page) => page.evaluate('navigator.serviceWorker.ready.then(() => true)');

const readStore = <T>(page: Page, database: string, what: 'getAll' | 'getAllKeys') =>
  page.evaluate<T>(`new Promise((done) => {
    const opened = indexedDB.open(${JSON.stringify(database)});
    opened.onsuccess = () => {
      const [table] = opened.result.objectStoreNames;
      const read = opened.result.transaction(table).objectStore(table).${what}();
      read.onsuccess = () => { opened.result.close(); done(read.result); };
    };
  })`);

/** The names under which a store of the browser keeps something. */
export const keysIn = (page: Page, database: string) => readStore<string[]>(page, database, 'getAllKeys');

/** All that was read and is kept, in one text. */
export const seenIn = async (page: Page) => JSON.stringify(await readStore(page, 'holdfast-seen', 'getAll'));

/** All that waits to be sent, in one text. */
export const waitingIn = async (page: Page) => JSON.stringify(await readStore(page, 'holdfast-waiting', 'getAll'));

/** What is read is written down a moment later. */
export const isWrittenDown = (page: Page, hash: string) =>
  eventually(async () => (await keysIn(page, 'holdfast-seen')).some((key) => key.startsWith(hash)));

/** But for the word of who is here. */
export function changesSent(page: Page): Request[] {
  const sent: Request[] = [];
  page.on('request', (request) => {
    if (['POST', 'PATCH', 'DELETE'].includes(request.method()) && /\/api\/v1\/(?!.*\/presence)/.test(request.url()))
      sent.push(request);
  });
  return sent;
}

export const notice = (page: Page) => page.locator('main [role=status]');
