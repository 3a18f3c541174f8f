import { isLoopbackHost } from '../loopback.ts';
import { bareHost, isPrivateHost } from './outbound.ts';

/**
 * The hosts that the operator lists (`OUTBOUND_HOSTS`): texts of workspaces are sent to no other. One without a port is
 * listed with 443. A URL leaves out the default port of its protocol.
 */
export const isListedDestination = (listed: readonly string[], { protocol, hostname, port }: URL): boolean => {
  const host = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
  return listed.some((entry) => (listed_port.test(entry) ? entry : `${entry}:443`) === host);
};

const listed_port = /:\d{1,5}$/;

/**
 * Whether a private address may be connected to: it stands on the list itself. A listed name that leads to a private
 * address says nothing of the operator's wish.
 */
export function isListedAddress(listed: readonly string[], address: string): boolean {
  const hosts = listed.map((entry) => bareHost(entry.replace(listed_port, '')));
  return hosts.includes(address) || (hosts.includes('localhost') && isLoopbackHost(address));
}

/** Without TLS no text leaves the machine or its private network. */
export const needsTls = ({ protocol, hostname }: URL): boolean => protocol !== 'https:' && !isPrivateHost(hostname);
