import {
  custom,
  date,
  integer,
  longText,
  records,
  reference,
  requiredSelect,
  requiredText,
  text,
  time,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

export const taskStatuses = ['open', 'done'] as const;
export const taskPriorities = ['low', 'normal', 'high', 'urgent'] as const;

/** A file has one column for either. */
const dueHeaders = ['due date', 'deadline', 'fällig', 'fällig am', 'fälligkeit', 'fälligkeitsdatum', 'frist', 'termin'];

export const task = defineResource({
  name: 'task',
  plural: 'tasks',
  table: 'task',
  title: 'task',
  german: { singular: 'Aufgabe', plural: 'Aufgaben' },
  owner: 'assignee_id',
  trash: true,
  defaultSort: 'due_at',
  assigned: { due: ['due_on', 'due_at'] },
  timeline: { at: 'created_at', person: 'assignee_id' },
  together: [
    ['status', 'completed_at'],
    ['recurrence', 'series_start'],
    ['remind_at', 'remind_before'],
  ],
  derived: { due_at: 'due_on', remind_at: 'remind_before' },
  fields: {
    title: requiredText(300, {
      title: 'Title',
      headers: ['task', 'task name', 'subject', 'aufgabe', 'betreff', 'titel'],
    }),
    body: longText(20_000, {
      title: 'Text',
      headers: ['description', 'details', 'notes', 'beschreibung', 'notiz', 'notizen'],
    }),
    status: requiredSelect(taskStatuses, { title: 'Status' }),
    priority: requiredSelect(taskPriorities, { title: 'Priority', headers: ['priorität', 'prio'] }),
    due_at: time({ title: 'Due', headers: dueHeaders }),
    /**
     * The day on which it is due at no particular time; `due_at` follows from it, as the end of that day where the
     * assignee lives.
     */
    due_on: date({ title: 'Due day', headers: ['due', ...dueHeaders] }),
    remind_at: time({ title: 'Reminder', headers: ['erinnerung'] }),
    /** How long before it is due, as ISO 8601 has durations: `PT15M`, `P1D`. The reminder then moves with the task. */
    remind_before: text(5, { title: 'Reminder before', sortable: false }),
    /** RRULE of RFC 5545, e.g. `FREQ=WEEKLY;BYDAY=MO`. */
    recurrence: text(500, { title: 'Repeats', sortable: false }),
    /** When the first of the series was due. */
    series_start: time({ title: 'Repeats since', readOnly: true }),
    completed_at: time({ title: 'Done', readOnly: true }),
    /** Its place in somebody's day; `PUT /task-order` sets it. */
    position: integer({ min: 1, max: 1000 }, { title: 'Place in the day', readOnly: true }),
    assignee_id: reference('user_account', {
      title: 'Assignee',
      expand: 'assignee',
      headers: [
        'assigned to',
        'owner',
        'zuständig',
        'zuständiger',
        'zugewiesen an',
        'verantwortlich',
        'verantwortlicher',
        'bearbeiter',
      ],
    }),
    records: records(),
    custom: custom(),
  },
});
