import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPrivateHost, isPublicAddress, PrivateAddress } from '../../../../kernel/http/outbound.ts';
import { isLoopbackHost } from '../../../../kernel/loopback.ts';
import type { ConnectionPut } from './contract.ts';

export type Server = ConnectionPut['imap'];

/** Where to connect, by an address that was checked: the name could lead elsewhere a moment later. */
export async function addressOf(
  { host }: Server,
  allowPrivate: boolean,
): Promise<{ host: string; servername?: string }> {
  if (!allowPrivate && isPrivateHost(host)) throw new PrivateAddress(host);
  if (isIP(host)) return { host };
  const found = await lookup(host);
  if (!allowPrivate && !isPublicAddress(found.address)) throw new PrivateAddress(host);
  return { host: found.address, servername: host };
}

/** Mail that never leaves the machine needs no certificate that others trust. */
export const tlsOf = ({ host }: Server): { rejectUnauthorized?: boolean } =>
  isLoopbackHost(host) ? { rejectUnauthorized: false } : {};

/** A password never travels in the clear to another machine. */
export const isUnsafe = ({ host, security }: Server): boolean => security === 'none' && !isLoopbackHost(host);
