/**
 * Name and password of an address, decoded, as far as it has them; undefined where a % in them begins no escape
 * sequence.
 */
export function urlCredentials({ username, password }: URL): { username?: string; password?: string } | undefined {
  try {
    return {
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
    };
  } catch {
    return undefined;
  }
}
