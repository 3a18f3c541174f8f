/**
 * Whether a host of a URL is this machine itself, so that what is sent there needs no TLS. Names other than `localhost` are not
 * looked up: what they mean can change after the check.
 */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Whether what is sent to a host of a database's or service's URL leaves this machine. A host that is a path names a socket. */
export const leavesMachine = (host: string) => host !== '' && !host.startsWith('%2F') && !isLoopbackHost(host);
