import pg from 'pg';
import { embeddedSuperuserUrl } from '../../src/kernel/database/embedded.ts';
import { command } from './command.ts';
import { eventually } from './eventually.ts';
import { type Browser, openBrowser } from './identity.ts';
import type { HoldfastProcess } from './process.ts';

/**
 * A browser in which the administrator is signed in: by the link that the first start prints after the server answers,
 * and by one that the command makes later.
 */
export async function signInByLink(
  { url, output }: Pick<HoldfastProcess, 'url' | 'output'>,
  dataDir?: string,
): Promise<Browser> {
  const said = await eventually(async () => /sign-in\/link#\S+|user sign-in-link/.exec(output())?.[0]);
  const link = said.includes('#') ? said : await command(['user', 'sign-in-link', '--data', dataDir!]);
  const token = link.split('#').at(-1);
  const browser = openBrowser(url);
  await browser.send('POST', '/api/v1/sign-in/link', { token });
  return browser;
}

/** Works in the database that runs on a data directory, as its superuser. */
export async function asSuperuser<R>(dataDir: string, work: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = new pg.Client({ connectionString: embeddedSuperuserUrl(dataDir)! });
  await client.connect();
  return work(client).finally(() => client.end());
}
