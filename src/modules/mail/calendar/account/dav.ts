import type { Config } from '../../../../kernel/config/config.ts';
import { createOutboundFetch, PrivateAddress } from '../../../../kernel/http/outbound.ts';
import { isLoopbackHost } from '../../../../kernel/loopback.ts';
import { MailTrouble } from '../../mailbox/index.ts';
import { type DavItem, readMultistatus } from './xml.ts';

const redirects_max = 4;
/** Lists of some ten thousand items fit. */
const answer_bytes_max = 32 * 1024 * 1024;

interface Account {
  url: string;
  username: string;
  password: string;
}

export interface DavRequest {
  method: string;
  href: string;
  depth?: '0' | '1';
  body?: string;
  headers?: Record<string, string>;
}

export interface DavAnswer {
  status: number;
  /** Where it was in the end. */
  url: string;
  etag: string | null;
  text: string;
}

const fetches = new Map<boolean, ReturnType<typeof createOutboundFetch>>();
function fetchFor(allowPrivate: boolean) {
  const fetch = fetches.get(allowPrivate) ?? createOutboundFetch({ allowPrivate, bytesMax: answer_bytes_max });
  fetches.set(allowPrivate, fetch);
  return fetch;
}

/** A calendar server, signed in to by a name and a password. Throws `MailTrouble` for what is wrong with it. */
export class DavClient {
  private readonly account: Account;
  private readonly allowPrivate: boolean;
  private readonly signal: AbortSignal | undefined;

  constructor(config: Pick<Config, 'ALLOW_PRIVATE_NETWORKS'>, account: Account, signal?: AbortSignal) {
    this.account = account;
    this.allowPrivate = config.ALLOW_PRIVATE_NETWORKS;
    this.signal = signal;
  }

  /** Answers of any kind but those that say that nothing more can be asked. */
  async ask({ method, href, depth, body, headers = {} }: DavRequest): Promise<DavAnswer> {
    const { url: base, username, password } = this.account;
    let url = new URL(href, base);
    for (let redirects = 0; ; redirects++) {
      this.refuseElsewhere(url);
      const answer = await this.fetch(url, {
        method,
        ...(body !== undefined && { body }),
        redirect: 'manual',
        ...(this.signal && { signal: this.signal }),
        headers: {
          authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
          ...(depth && { depth }),
          ...(body !== undefined && { 'content-type': 'application/xml; charset=utf-8' }),
          ...headers,
        },
      });
      const to = answer.headers.get('location');
      const text = await this.read(url, answer);
      if (answer.status >= 300 && answer.status < 400 && to && redirects < redirects_max) {
        url = new URL(to, url);
        continue;
      }
      this.refuseTrouble(url, answer.status);
      return { status: answer.status, url: url.href, etag: answer.headers.get('etag'), text };
    }
  }

  /** Properties of a thing, or of all in it; undefined where there is none. */
  async propfind(
    href: string,
    depth: '0' | '1',
    props: string,
  ): Promise<{ url: string; items: DavItem[] } | undefined> {
    const body = `<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/" xmlns:a="http://apple.com/ns/ical/"><d:prop>${props}</d:prop></d:propfind>`;
    const { status, url, text } = await this.ask({ method: 'PROPFIND', href, depth, body });
    return status === 207 ? { url, items: readMultistatus(text).items } : undefined;
  }

  private async fetch(url: URL, init: Parameters<ReturnType<typeof createOutboundFetch>>[1]) {
    try {
      return await fetchFor(this.allowPrivate)(url, init);
    } catch (error) {
      throw this.troubleOf(url, error);
    }
  }

  private async read(url: URL, answer: { text(): Promise<string> }): Promise<string> {
    try {
      return await answer.text();
    } catch (error) {
      throw this.troubleOf(url, error);
    }
  }

  /**
   * The password goes to the server for which it was given, and to its siblings, where a provider has several; never in
   * the clear.
   */
  private refuseElsewhere(url: URL): void {
    const own = new URL(this.account.url);
    if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
      throw lasting(`${url.host} without TLS would get your password in the clear. Write https:// before the address.`);
    const parent = own.hostname.split('.').slice(1).join('.');
    const isSibling = parent.includes('.') && url.hostname.endsWith(`.${parent}`);
    if (url.hostname !== own.hostname && !isSibling)
      throw lasting(`${own.host} sends on to ${url.host}, which is another server. Write its address if you trust it.`);
  }

  private refuseTrouble({ host }: URL, status: number): void {
    if (status === 401)
      throw lasting(
        `${host} refuses the user name or the password. Many providers want an app password, made in the security settings of the account.`,
      );
    if (status === 429 || status === 503) throw passing(`${host} is asked too often or is busy. It is tried again.`);
    if (status >= 500 && status !== 507) throw passing(`${host} answers with an error (${status}). It is tried again.`);
  }

  private troubleOf({ host, hostname }: URL, error: unknown): Error {
    if (this.signal?.aborted) return this.signal.reason as Error;
    const cause = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    if (cause instanceof PrivateAddress) return lasting(cause.message);
    const { code = '', message } = cause;
    if (code === 'ENOTFOUND')
      return lasting(`No server is called ${hostname}. Check the address of the calendar server.`);
    if (code === 'ECONNREFUSED') return passing(`Nothing answers at ${host}. Check the address and its port.`);
    if (/certificate|self.signed/i.test(message) || /CERT|SELF_SIGNED/.test(code))
      return lasting(
        `The certificate of ${host} is not valid (${message}). A CA of your own goes into NODE_EXTRA_CA_CERTS.`,
      );
    if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return lasting(`${host} sends more than can be read at once.`);
    return passing(`${host} does not answer as it should (${message || code}). It is tried again.`);
  }
}

const lasting = (message: string) => new MailTrouble(message, true);
const passing = (message: string) => new MailTrouble(message, false);
