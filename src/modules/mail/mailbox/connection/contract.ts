import { z } from 'zod';

export const securities = ['tls', 'starttls', 'none'] as const;

const host = z
  .string()
  .trim()
  .toLowerCase()
  .min(1, 'Write the name of the server, such as imap.example.com')
  .max(253)
  .regex(/^[a-z0-9.:-]+$/, 'Write the name of the server alone, such as imap.example.com');
const server = z.strictObject({
  host,
  port: z.int().min(1).max(65_535),
  security: z
    .enum(securities)
    .describe('tls from the first byte, starttls after the greeting, none for a server on this machine'),
});

export const connectionPut = z
  .strictObject({
    imap: server,
    smtp: server,
    username: z.string().min(1, 'Write the user name').max(254),
    password: z.string().min(1, 'Write the password').max(1000).optional().describe('Left out: the one that is there'),
  })
  .meta({ id: 'MailConnectionPut' });
export type ConnectionPut = z.infer<typeof connectionPut>;

export const connectionStates = ['syncing', 'in_sync', 'failed', 'asks', 'refused'] as const;
export const mailProviders = ['imap', 'google'] as const;

export const connection = z
  .object({
    provider: z.enum(mailProviders),
    imap: z.object({ host: z.string(), port: z.int(), security: z.enum(securities) }).nullable(),
    smtp: z.object({ host: z.string(), port: z.int(), security: z.enum(securities) }).nullable(),
    username: z.string(),
    state: z
      .enum(connectionStates)
      .describe(
        'in_sync: each item that the provider lists has its row in the ledger, and nothing waits. refused: Google takes the connection no longer, and its owner has to connect again',
      ),
    problem: z.string().nullable().describe('What is wrong, and what to do'),
    compared_at: z.iso.datetime().nullable().describe('When provider and ledger were last compared'),
    items: z.int().describe('How many the provider lists'),
    waiting: z.int().describe('How many of them are still to be imported'),
    asked: z
      .int()
      .describe('How many are gone at the provider and wait for a confirmation, as more than 100 at once do'),
  })
  .meta({ id: 'MailConnection' });
