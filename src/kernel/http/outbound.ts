import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import type { RequestInit, Response } from 'undici';
import { inSpan } from '../tracing/in-span.ts';

const connect_ms_max = 5_000;
const silence_ms_max = 10_000;
const answer_bytes_max = 1024 * 1024;

/**
 * Addresses outside the public internet: IANA's special-purpose registries, and addresses that embed such an address.
 */
const special = {
  ipv4: listOf('ipv4', [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/4',
    '240.0.0.0/4',
  ]),
  // Only 2000::/3 is allocated. Separate lists, because in one list ::/3 would match every IPv4 address.
  ipv6: listOf('ipv6', ['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']),
};

function listOf(family: 'ipv4' | 'ipv6', ranges: string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address, bits] = range.split('/') as [string, string];
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}

export class PrivateAddress extends Error {
  constructor(host: string) {
    super(`${host} is not on the public internet. Set ALLOW_PRIVATE_NETWORKS=true if connecting to it is intended.`);
    this.name = 'PrivateAddress';
  }
}

export function isPublicAddress(address: string): boolean {
  const family = ({ 4: 'ipv4', 6: 'ipv6' } as const)[isIP(address)];
  return family !== undefined && !special[family].check(address, family);
}

/** The host of a URL without the brackets of an address and the dot of a whole name. */
export const bareHost = (host: string): string => host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

/** Whether the host of a URL is a private address. A name is checked when it is resolved. */
export function isPrivateHost(host: string): boolean {
  const bare = bareHost(host);
  return /(^|\.)localhost$/i.test(bare) || (isIP(bare) !== 0 && !isPublicAddress(bare));
}

type Found = (error: Error | null, address: LookupAddress[] | string, family?: number) => void;

/** Resolves a name to addresses. */
type Resolve = (
  host: string,
  options: LookupOptions & { all: true },
  found: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Resolves a name and refuses it when any of its addresses is private. The address that was checked is the one
 * connected to.
 */
const guardedLookup =
  (resolve: Resolve, isAllowed: (address: string) => boolean) =>
  (host: string, options: LookupOptions, found: Found): void =>
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) return found(error, []);
      if (!addresses.every(({ address }) => isPublicAddress(address) || isAllowed(address)))
        return found(new PrivateAddress(host), []);
      if (options.all) return found(null, addresses);
      found(null, addresses[0]!.address, addresses[0]!.family);
    });

interface OutboundOptions {
  /** All private addresses, or which of them. */
  allowPrivate: boolean | ((address: string) => boolean);
  resolve?: Resolve;
  /** Of an answer; the rest of a longer one is not read. */
  bytesMax?: number;
  /** How long the other side may say nothing. */
  silenceMsMax?: number;
}

/**
 * A `fetch` for URLs that people enter: every connection, also after a redirect, goes to the public internet, unless
 * private networks are allowed. Responses are limited in size.
 */
export function createOutboundFetch({
  allowPrivate,
  resolve = lookup,
  bytesMax = answer_bytes_max,
  silenceMsMax = silence_ms_max,
}: OutboundOptions) {
  const limits = { headersTimeout: silenceMsMax, bodyTimeout: silenceMsMax, maxResponseSize: bytesMax };
  const isAllowed = typeof allowPrivate === 'boolean' ? () => allowPrivate : allowPrivate;
  const guarded = allowPrivate === true ? {} : { lookup: guardedLookup(resolve, isAllowed) };
  const openClient = async () => {
    const { Agent, buildConnector, fetch } = await import('undici');
    const open = buildConnector({ timeout: connect_ms_max, ...guarded });
    const dispatcher = new Agent({
      ...limits,
      connect: (options, done) =>
        // Sockets resolve names only, so addresses are checked here.
        isPrivateHost(options.hostname) && !isAllowed(bareHost(options.hostname))
          ? done(new PrivateAddress(options.hostname), null)
          : open(options, done),
    });
    return { fetch, dispatcher };
  };
  // Loaded when first needed: the library takes a tenth of the time of a start.
  let client: ReturnType<typeof openClient> | undefined;
  return async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    client ??= openClient();
    const { fetch, dispatcher } = await client;
    const method = init.method ?? 'GET';
    // Without the address: what people enter may hold a credential.
    return inSpan(method, { 'http.request.method': method }, () => fetch(url, { ...init, dispatcher }));
  };
}

/** Why a request got no whole answer: a code that the page has words for. */
export function outboundErrorCode(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'PrivateAddress') return 'private_address';
    if (cause.name === 'TimeoutError') return 'timeout';
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' || code === 'UND_ERR_CONNECT_TIMEOUT')
      return 'timeout';
    if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'too_large';
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unknown_host';
    if (code) return /CERT|TLS|SSL|SELF_SIGNED|VERIFY/.test(code) ? 'certificate' : 'connection';
  }
  return 'connection';
}
