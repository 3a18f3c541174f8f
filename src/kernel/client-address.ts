import { isIP, SocketAddress } from 'node:net';

/**
 * The address of a client as PostgreSQL stores it; null for what is none. The connection writes the zone behind a
 * link-local address and IPv4 as IPv6, and some proxies write the port behind the address that they forward.
 */
export function clientAddress(written: string | undefined): string | null {
  const bare = withoutPort(written ?? '').split('%')[0]!;
  const family = isIP(bare);
  if (family !== 6) return family === 4 ? bare : null;
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' });
  return /^::ffff:([\d.]+)$/.exec(address)?.[1] ?? address;
}

const withoutPort = (written: string): string =>
  /^\[(.*)\](?::\d+)?$/.exec(written)?.[1] ?? /^([\d.]+):\d+$/.exec(written)?.[1] ?? written;

/**
 * What limits count by: an IPv4 address, or the /64 of an IPv6 address, since whoever has one address of such a network
 * has all of them.
 */
export function clientNetwork(written: string | undefined): string {
  const address = clientAddress(written);
  if (!address?.includes(':')) return address ?? String(written);
  const [before = [], after] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = after ? Array<string>(8 - before.length - after.length).fill('0') : [];
  return `${[...before, ...zeros, ...(after ?? [])].slice(0, 4).join(':')}::/64`;
}
