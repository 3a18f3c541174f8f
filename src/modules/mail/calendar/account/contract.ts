import { z } from 'zod';

const url = z
  .url({ protocol: /^https?$/, error: 'Write the address of the calendar server, such as https://cloud.example.com' })
  .max(2000);
const username = z.string().min(1, 'Write the user name').max(254);
const password = z.string().min(1, 'Write the password').max(1000);

export const accountCreate = z.strictObject({ url, username, password }).meta({ id: 'CalendarAccountCreate' });
export const accountPut = z
  .strictObject({ url, username, password: password.optional().describe('Left out: the one that is there') })
  .meta({ id: 'CalendarAccountPut' });

export const calendarProviders = ['caldav', 'google'] as const;
export const sourceStates = ['syncing', 'in_sync', 'failed', 'asks'] as const;

export const calendarSource = z.object({
  calendar_id: z.uuid(),
  name: z.string(),
  is_chosen: z.boolean().describe('Its meetings are imported'),
  is_writable: z.boolean(),
  state: z.enum(sourceStates).describe('in_sync: each item that the provider lists is accounted for, and none waits'),
  sentence: z.string().describe('How it stands with it, and what to do'),
  items: z.int().nullable().describe('How many the provider lists'),
  waiting: z.int(),
  failed: z.int(),
  asked: z.int().describe('How many are gone and wait for a confirmation, as more than 100 at once do'),
  synced_at: z.iso.datetime().nullable(),
});

export const calendarAccount = z
  .object({
    id: z.uuid(),
    provider: z.enum(calendarProviders),
    url: z.string().nullable().describe('Null of an account at Google'),
    username: z.string(),
    problem: z.string().nullable().describe('What is wrong, and what to do'),
    compared_at: z.iso.datetime().nullable().describe('When all items were last compared'),
    calendars: z.array(calendarSource),
  })
  .meta({ id: 'CalendarAccount' });
export const googleCalendarConsent = z
  .strictObject({ account_id: z.uuid().optional().describe('An account of yours that is connected anew') })
  .meta({ id: 'GoogleCalendarConsent' });
export const calendarAccounts = z.object({ data: z.array(calendarAccount) });
export const sourceChoice = z.strictObject({ is_chosen: z.boolean() });

export const calendarItems = z.object({
  data: z.array(
    z.object({
      href: z.string(),
      outcome: z.enum(['listed', 'imported', 'failed', 'gone']),
      title: z.string().nullable(),
      sentence: z.string(),
      at: z.iso.datetime(),
    }),
  ),
});
export const calendarItemsQuery = z.strictObject({
  outcome: z.enum(['listed', 'imported', 'failed', 'gone']).optional(),
});
