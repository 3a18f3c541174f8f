import { PrivateAddress } from '../../../../kernel/http/outbound.ts';

/** What went wrong with a mail server, and what to do, in words for the person whose mailbox it is. */
export class MailTrouble extends Error {
  /** Trying again will not help before somebody changes something. */
  readonly isLasting: boolean;

  constructor(message: string, isLasting: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MailTrouble';
    this.isLasting = isLasting;
  }
}

interface NetworkError extends Error {
  code?: string;
  authenticationFailed?: boolean;
  responseText?: string;
  responseStatus?: string;
  responseCode?: number;
  response?: string;
}

/** `what`: such as `imap.example.com:993`. */
export function troubleOf(cause: unknown, what: string, kind: 'IMAP' | 'SMTP'): MailTrouble {
  if (cause instanceof MailTrouble) return cause;
  const error = cause as NetworkError;
  const text = error.message ?? String(cause);
  const said = error.responseText ?? error.response ?? '';
  const lasting = (message: string) => new MailTrouble(message, true, { cause });
  const passing = (message: string) => new MailTrouble(message, false, { cause });
  if (cause instanceof PrivateAddress) return lasting(text);
  if (error.authenticationFailed || error.code === 'EAUTH')
    return said
      ? lasting(
          `${what} refuses the user name or the password (“${said.trim()}”). Many providers want an app password, made in the security settings of the account.`,
        )
      : lasting(
          `${what} refuses the user name or the password. Many providers want an app password, made in the security settings of the account.`,
        );
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
    return error.code === 'ENOTFOUND'
      ? lasting(`No server is called ${what.replace(/:\d+$/, '')}. Check the name of the ${kind} server.`)
      : passing(`The name of ${what} cannot be looked up now. It is tried again.`);
  if (error.code === 'ECONNREFUSED')
    return passing(
      `Nothing answers at ${what}. Check the port: IMAP mostly has 993 with TLS, SMTP 465 with TLS or 587 with STARTTLS.`,
    );
  if (/wrong version number|SSL routines|packet length too long/i.test(text))
    return lasting(`${what} does not begin with TLS. Choose STARTTLS for this port, or the port for TLS.`);
  if (/certificate|self.signed/i.test(text))
    return lasting(
      `The certificate of ${what} is not valid (${text}). Check the name of the server; a CA of your own goes into NODE_EXTRA_CA_CERTS.`,
    );
  if (/STARTTLS/i.test(text)) return lasting(`${what} does not offer STARTTLS. Choose TLS and its port.`);
  if (/time|greeting/i.test(text) || error.code === 'ETIMEDOUT')
    return passing(
      `${what} does not answer in time. If the port begins with TLS, choose TLS; else check the name and the port.`,
    );
  return passing(`The ${kind} server ${what} broke off: ${said.trim() || text}`);
}
