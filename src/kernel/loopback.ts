/**
 * Whether the host of a URL is this machine, so that a connection needs no TLS. Names other than `localhost` are not
 * resolved: their addresses could change after the check.
 */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Whether a connection to the host of a URL leaves this machine. A host that is a path is a Unix socket. */
export const leavesMachine = (host: string) => host !== '' && !host.startsWith('%2F') && !isLoopbackHost(host);
