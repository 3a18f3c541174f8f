import {
  custom,
  integer,
  longText,
  records,
  reference,
  requiredSelect,
  requiredText,
  select,
  time,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

export const activityKinds = ['email', 'call', 'meeting'] as const;
export const directions = ['in', 'out'] as const;
export const outcomes = ['connected', 'voicemail', 'no_answer', 'wrong_number'] as const;

const personal = { sensitivity: 'personal', sealable: true } as const;

/** Something that took place between people: an e-mail, a call, a meeting. */
export const activity = defineResource({
  name: 'activity',
  plural: 'activities',
  table: 'activity',
  title: 'activity',
  owner: 'author_id',
  trash: true,
  defaultSort: '-occurred_at',
  timeline: { at: 'occurred_at', person: 'author_id' },
  fields: {
    kind: requiredSelect(activityKinds, {
      title: 'Kind',
      required: true,
      headers: ['type', 'activity type', 'art', 'typ'],
    }),
    subject: requiredText(300, { title: 'Subject', required: false, headers: ['betreff', 'thema'], ...personal }),
    body: longText(100_000, {
      title: 'Text',
      headers: ['description', 'notes', 'beschreibung', 'notiz', 'notizen', 'inhalt'],
      ...personal,
    }),
    direction: select(directions, { title: 'Direction' }),
    outcome: select(outcomes, { title: 'Outcome' }),
    occurred_at: time({ title: 'When', headers: ['date', 'activity date', 'datum', 'zeitpunkt'] }),
    duration_minutes: integer({ min: 0, max: 14_400 }, { title: 'Minutes', headers: ['duration', 'dauer', 'minuten'] }),
    author_id: reference('user_account', { title: 'Who', expand: 'author' }),
    records: records(),
    custom: custom(),
  },
});
