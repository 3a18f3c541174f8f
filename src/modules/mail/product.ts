import type { Product } from '../../kernel/features/product.ts';
import { accountRoutes, calendarJobs, calendarType, googleAccountRoutes } from './calendar/index.ts';
import { eventRoutes } from './event/index.ts';
import {
  aliasJobs,
  aliasRoutes,
  connectionRoutes,
  folderRoutes,
  googleClientRoutes,
  googleConnectionRoutes,
  ledgerRoutes,
  MailboxWatcher,
  mailboxType,
  matchConsumer,
  normaliseJobs,
  revokeJobs,
  sharingRoutes,
  syncJobs,
} from './mailbox/index.ts';
import { meetingConsumer, meetingJobs, meetingType } from './meeting/index.ts';
import { messageRoutes, messageType, scanJobs, threadRoutes } from './message/index.ts';
import { outgoingJobs, outgoingRoutes } from './outgoing/index.ts';
import { templateRoutes, templateType } from './template/index.ts';
import { threadChangeRoutes } from './thread-change/index.ts';

export const mail: Product = {
  name: 'mail',
  title: 'Mail',
  description: 'Mailboxes of people with their conversations and calendars',
  recordTypes: [mailboxType, messageType, templateType, calendarType, meetingType],
  rights: [],
  routes: (services) => [
    ...connectionRoutes(services),
    ...googleClientRoutes(services),
    ...googleConnectionRoutes(services),
    ...aliasRoutes(services),
    ...folderRoutes,
    ...ledgerRoutes,
    ...sharingRoutes,
    ...threadRoutes,
    ...threadChangeRoutes,
    ...messageRoutes(services),
    ...outgoingRoutes,
    ...templateRoutes,
    ...accountRoutes(services),
    ...googleAccountRoutes(services),
    ...eventRoutes(services),
  ],
  jobs: (services) => [
    ...aliasJobs(services),
    ...syncJobs(services),
    ...revokeJobs(services),
    ...normaliseJobs(services),
    ...scanJobs(services),
    ...outgoingJobs(services),
    ...calendarJobs(services),
    ...meetingJobs,
  ],
  schedules: [],
  consumers: [matchConsumer, meetingConsumer],
  watchers: (services) => [new MailboxWatcher(services)],
};
