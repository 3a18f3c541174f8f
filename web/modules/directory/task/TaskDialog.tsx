import { useMutation } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { Fragment, useId, useState } from 'react';
import { isNew } from '../../../platform/offline/waiting.ts';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { attempt } from '../../../platform/query/attempt.ts';
import { createRecord, saveRecord, trashRecord } from '../../../platform/query/records.ts';
import { DiscardDialog } from '../../../platform/record/DiscardDialog.tsx';
import { FavouriteButton } from '../../../platform/record/FavouriteButton.tsx';
import { FieldValue } from '../../../platform/record/FieldValue.tsx';
import { FormField } from '../../../platform/record/FormField.tsx';
import { type AnyRecord, type FieldDef, isBlank, lookOf, readField, toBody } from '../../../platform/record/field.ts';
import { RestoredDraft } from '../../../platform/record/RestoredDraft.tsx';
import { currentOf } from '../../../platform/record/saveField.ts';
import { useDraft } from '../../../platform/record/useDraft.ts';
import { useAddedFields } from '../../../platform/record/useFields.ts';
import type { Values } from '../../../platform/record/values.ts';
import { useMay, useSession } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { today } from '../../../ui/format.ts';
import { dueDay, seriesDay } from './due.ts';
import { RuleEditor } from './RuleEditor.tsx';
import { own_choice, recurrences } from './recurrence.ts';
import { instead, reminders } from './reminder.ts';
import { firstRule, inEachMonth, readRule, writeRule } from './rule.ts';
import { priorities, type Task } from './task.ts';

const fieldsOf = (task: Task | undefined, { recurrence, ...due }: Values): FieldDef[] => [
  { key: 'title', label: t('Title'), kind: 'text', required: true },
  { key: 'due_on', label: t('Due on'), kind: 'date' },
  { key: 'due_at', label: t('Or due at'), kind: 'time' },
  { key: 'remind_before', label: t('Remind me'), kind: 'select', options: reminders(task?.remind_before) },
  { key: 'remind_at', label: t('Or remind me at'), kind: 'time' },
  {
    key: 'recurrence',
    label: t('Repeats'),
    kind: 'select',
    // Another rule begins another series.
    options: recurrences(
      recurrence as string | null | undefined,
      (rule) => (task?.recurrence === rule && seriesDay(task)) || startDay(due),
    ),
  },
  { key: 'priority', label: t('Priority'), kind: 'select', options: priorities, required: true },
  { key: 'assignee_id', label: t('Assignee'), kind: 'reference', of: 'user' },
  { key: 'records', label: t('About'), kind: 'records' },
  { key: 'body', label: t('Details'), kind: 'long_text' },
];
const wide = new Set(['title', 'records', 'body']);

/** From which a series that is begun is counted: one of a task that is due at no time from today. */
const startDay = (values: Values): string => dueDay(values) ?? today();

/** With a rule that was chosen for the day of the form. */
function withRule(chosen: Values, values: Values): Values {
  const { recurrence } = chosen;
  return typeof recurrence === 'string' ? { ...chosen, recurrence: inEachMonth(recurrence, startDay(values)) } : chosen;
}

interface TaskDialogProps {
  task?: Task;
  start?: Values;
  onClose: () => void;
}

export default function TaskDialog({ task, start, onClose }: TaskDialogProps) {
  const { user } = useSession();
  const may = useMay();
  const reads = task !== undefined && !may('task', 'update', task.assignee_id);
  const form = useId();
  const [leaving, setLeaving] = useState(false);
  const [ownRule, setOwnRule] = useState(false);
  // As it stood when the dialog was opened: what others save meanwhile is a conflict, not a new start.
  const [seen, setSeen] = useState(task);
  const added = useAddedFields('task').filter(({ readOnly }) => !readOnly);
  const initial: Values = seen
    ? {
        ...seen,
        ...Object.fromEntries(added.map((field) => [field.key, readField(seen, field)])),
        due_at: seen.due_on ? null : seen.due_at,
        remind_at: seen.remind_before ? null : seen.remind_at,
        assignee_id: seen.assignee,
      }
    : { priority: 'normal', assignee_id: { id: user.id, name: user.name }, ...start };
  const draft = useDraft(`task.${task?.id ?? 'new'}`, initial, seen?.version);
  const rule = (draft.values.recurrence as string | null | undefined) ?? null;
  const fields = [...fieldsOf(seen, draft.values), ...added];
  function change(key: string, value: unknown) {
    if (key === 'recurrence') setOwnRule(value === own_choice);
    if (key === 'recurrence' && value === own_choice) {
      draft.set(key, writeRule((rule && readRule(rule)) || firstRule));
      return;
    }
    draft.set(key, value);
    const other = instead[key];
    if (other && !isBlank(value)) draft.set(other, null);
  }
  const leave = () => (draft.dirty && !reads ? setLeaving(true) : onClose());
  const save = useMutation({
    mutationFn: async () => {
      if (seen) {
        const body = toBody(fields, withRule(draft.changes, draft.values));
        await saveRecord('task', draft.begunOn(seen, body), body, t('Task saved'), lookOf(fields, draft.changes));
      } else {
        const body = Object.entries(toBody(fields, withRule(draft.values, draft.values))).filter(
          ([, value]) => !isBlank(value),
        );
        await createRecord('task', Object.fromEntries(body), t('Task created'), lookOf(fields, draft.values));
      }
    },
    onSuccess: () => {
      draft.clear();
      onClose();
    },
    onError: (error) => {
      setSeen((kept) => (currentOf(error) as Task | null) ?? kept);
      draft.noteConflict(error);
    },
  });

  return (
    <Dialog
      open
      size="medium"
      title={task ? t('Task') : t('New task')}
      tools={task && !isNew(task.id) && <FavouriteButton resource="task" id={task.id} name={task.title} />}
      onClose={leave}
      footer={
        <>
          {task && may('task', 'delete', task.assignee_id) && (
            <Button
              emphasis="quiet"
              icon={<Trash2 size={14} />}
              className="me-auto"
              onClick={async () => {
                if (await attempt(() => trashRecord('task', task, t('Task moved to the trash')))) onClose();
              }}
            >
              {t('Delete')}
            </Button>
          )}
          <Button onClick={leave}>{reads ? t('Close') : t('Cancel')}</Button>
          {!reads && (
            <Button type="submit" form={form} emphasis="primary" busy={save.isPending}>
              {task ? t('Save') : t('Create task')}
            </Button>
          )}
        </>
      }
    >
      {reads ? (
        <TaskFacts fields={fields} task={{ ...task, ...initial }} />
      ) : (
        <FormShell
          id={form}
          error={save.error}
          fields={fields.map(({ key }) => key)}
          onSubmit={() => save.mutate()}
          waits
          className="grid gap-4 pt-1 sm:grid-cols-2"
        >
          <RestoredDraft draft={draft} className="text-12 text-muted sm:col-span-2" />
          {fields.map((field) => (
            <Fragment key={field.key}>
              <FormField
                className={wide.has(field.key) ? 'sm:col-span-2' : undefined}
                field={field}
                value={field.key === 'recurrence' && ownRule ? own_choice : draft.values[field.key]}
                onChange={(value) => change(field.key, value)}
              />
              {field.key === 'recurrence' && ownRule && (
                <RuleEditor
                  value={rule}
                  due_on={startDay(draft.values)}
                  onChange={(next) => draft.set('recurrence', next)}
                />
              )}
            </Fragment>
          ))}
        </FormShell>
      )}
      <DiscardDialog
        open={leaving}
        onClose={() => setLeaving(false)}
        onDiscard={() => {
          draft.clear();
          onClose();
        }}
      />
    </Dialog>
  );
}

/** The fields of a task for people who may not change it. */
function TaskFacts({ fields, task }: { fields: readonly FieldDef[]; task: AnyRecord }) {
  const filled = fields.filter((field) => !isBlank(readField(task, field)));
  return (
    <dl className="grid gap-4 pt-1 text-13 sm:grid-cols-2">
      {filled.map((field) => (
        <div key={field.key} className={wide.has(field.key) ? 'sm:col-span-2' : undefined}>
          <dt className="mb-1 text-12 text-muted">{field.label}</dt>
          <dd className="min-w-0">
            <FieldValue field={field} record={task} links />
          </dd>
        </div>
      ))}
    </dl>
  );
}
