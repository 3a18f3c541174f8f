import { t } from '../../text/text.ts';

export interface Server {
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
}

interface Provider {
  domains: readonly string[];
  imap: Server;
  smtp: Server;
  /** What to set up there first. */
  steps: readonly string[];
}

const tls = (host: string, port: number): Server => ({ host, port, security: 'tls' });
const starttls = (host: string, port = 587): Server => ({ host, port, security: 'starttls' });

const appPassword = t('Use the app password here, not the one with which you sign in there.');

const providers: readonly Provider[] = [
  {
    domains: ['gmail.com', 'googlemail.com'],
    imap: tls('imap.gmail.com', 993),
    smtp: tls('smtp.gmail.com', 465),
    steps: [
      t('In your Google account, under Security, switch on the second step of signing in.'),
      t('There, make an app password for mail.'),
      appPassword,
    ],
  },
  {
    domains: ['icloud.com', 'me.com', 'mac.com'],
    imap: tls('imap.mail.me.com', 993),
    smtp: starttls('smtp.mail.me.com'),
    steps: [t('On account.apple.com, under Sign-in and security, make an app-specific password.'), appPassword],
  },
  {
    domains: ['gmx.de', 'gmx.net', 'gmx.at', 'gmx.ch'],
    imap: tls('imap.gmx.net', 993),
    smtp: tls('mail.gmx.net', 465),
    steps: [t('In the settings of your mailbox there, under POP3 and IMAP, allow access.')],
  },
  {
    domains: ['web.de'],
    imap: tls('imap.web.de', 993),
    smtp: starttls('smtp.web.de'),
    steps: [t('In the settings of your mailbox there, under POP3 and IMAP, allow access.')],
  },
  {
    domains: ['t-online.de'],
    imap: tls('secureimap.t-online.de', 993),
    smtp: tls('securesmtp.t-online.de', 465),
    steps: [t('In the customer center, make a password for e-mail programs.'), appPassword],
  },
  {
    domains: ['fastmail.com', 'fastmail.fm'],
    imap: tls('imap.fastmail.com', 993),
    smtp: tls('smtp.fastmail.com', 465),
    steps: [t('In its settings, under Privacy and security, make an app password for IMAP and SMTP.'), appPassword],
  },
];

/** Where the mail of an address probably is, and what to set up there. */
export function guess(address: string): Omit<Provider, 'domains'> | null {
  const domain = address.split('@')[1]?.trim().toLowerCase();
  if (!domain) return null;
  const known = providers.find(({ domains }) => domains.includes(domain));
  return (
    known ?? {
      imap: tls(`imap.${domain}`, 993),
      smtp: tls(`smtp.${domain}`, 465),
      steps: [t('The server names are a guess. Your provider lists the right ones under IMAP and SMTP.')],
    }
  );
}
