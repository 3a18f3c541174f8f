import { z } from 'zod';

export const googleClientPut = z
  .strictObject({
    client_id: z
      .string()
      .trim()
      .min(1, 'Write the client ID')
      .max(500)
      .regex(/^[\w.-]+$/, 'Copy the client ID as Google shows it, such as 1234-abc.apps.googleusercontent.com'),
    client_secret: z
      .string()
      .trim()
      .min(1, 'Write the client secret')
      .max(500)
      .optional()
      .describe('Left out: the one that is there'),
    is_testing: z
      .boolean()
      .describe('Its publishing status at Google is "Testing": then each grant ends after seven days'),
  })
  .meta({ id: 'GoogleClientPut' });
export type GoogleClientPut = z.output<typeof googleClientPut>;

export const googleClient = z
  .object({
    is_set: z.boolean().describe('Mailboxes and calendars of Google can be connected'),
    client_id: z.string().nullable(),
    is_testing: z.boolean(),
    redirect_uri: z.string().describe('Where Google sends the browser back to; it has to be named there'),
    scopes: z.array(z.string()).describe('What the client asks of people who connect'),
  })
  .meta({ id: 'GoogleClient' });

export const googleConsent = z.object({ url: z.url().describe('Where to send the browser') }).meta({
  id: 'GoogleConsent',
});
export const googleAnswer = z
  .strictObject({
    state: z.string().min(1).max(4000),
    code: z.string().min(1).max(2000).describe('Both as Google sent the browser back with them'),
  })
  .meta({ id: 'GoogleAnswer' });
export const googleConnected = z
  .object({ mailbox_id: z.uuid().describe('The mailbox that is connected now') })
  .meta({ id: 'GoogleConnected' });
