import { shared } from '../../../kernel/access/table-rule.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { getRow } from '../../../kernel/resource/store.ts';
import { inCalendar } from '../reach.ts';
import { meeting } from './contract.ts';

export { type GoogleAttendee, type GoogleEvent, type GoogleTime, isZone, zoneOfTime } from './google-event.ts';
export { expandItems, writeItem } from './ical/parsers.ts';
export type { Wanted, WriteInput } from './ical/write.ts';
export { meetingConsumer, meetingJobs } from './jobs.ts';
export { gatherReadable, storeItems, windowNow, zoneFor } from './store.ts';

export const meetingType: RecordType = {
  resource: meeting,
  rule: shared('meeting', 'mailbox', {
    private: true,
    degrees: meeting,
    byRow: {
      exists: (alias) => inCalendar('exists', alias),
      subject: (alias) => inCalendar('everything', alias),
      read: (alias) => inCalendar('everything', alias),
    },
    rows: {
      read: inCalendar('everything'),
      append: '(select app.is_system())',
      change: inCalendar('own'),
      remove: inCalendar('own'),
    },
    note: 'A meeting is seen as far as the owner of its calendar shares it; one that is marked as private by nobody else.',
  }),
  rules: {
    beforeCreate: () => {
      throw problems.conflict(
        'Meetings come from calendars, and are made with POST /api/v1/meeting-calendars/…/meetings',
      );
    },
    beforeDelete: async (ctx, id) => {
      await getRow(ctx, meeting, id);
      throw problems.conflict('Meetings are deleted at their provider, with DELETE /api/v1/meetings/…/event');
    },
  },
  texts: { title: 'title', body: 'description' },
};
