import { isLoopbackHost } from '../loopback.ts';
import { bareHost, isPrivateHost } from './outbound.ts';

/**
 * The hosts that the operator lists (`OUTBOUND_HOSTS`): texts of workspaces are sent to no other. A host with a port is
 * listed with it.
 */
export const isListedDestination = (listed: readonly string[], { host }: URL): boolean => listed.includes(host);

/**
 * Whether a private address may be connected to: it stands on the list itself. A listed name that leads to a private
 * address says nothing of the operator's wish.
 */
export function isListedAddress(listed: readonly string[], address: string): boolean {
  const hosts = listed.map((entry) => bareHost(entry.replace(/:\d{1,5}$/, '')));
  return hosts.includes(address) || (hosts.includes('localhost') && isLoopbackHost(address));
}

/** Without TLS no text leaves the machine or its private network. */
export const needsTls = ({ protocol, hostname }: URL): boolean => protocol !== 'https:' && !isPrivateHost(hostname);
