import { useState } from 'react';
import type { OwnActionProps } from '../../../platform/record/definition.ts';
import { differ, toBody } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { today } from '../../../ui/format.ts';
import { isOver } from '../period.ts';
import { EventPreview } from './EventPreview.tsx';
import { eventBody, eventFields, firstPlace } from './eventFields.ts';
import { PreviewDialog } from './PreviewDialog.tsx';
import { type Member, useAccounts, useEntities, useMembers } from './useFamily.ts';
import { type Answer, type EventKind, events } from './words.ts';

interface EventDialogProps extends OwnActionProps {
  kind: EventKind;
}

const optionsOf = (members: readonly Member[]) =>
  members.flatMap((member) =>
    isOver(member) || !member.contact ? [] : [{ value: member.contact.id, label: member.contact.name }],
  );
const namedOptions = (rows: readonly { id: string; name: string }[]) =>
  rows.map(({ id, name }) => ({ value: id, label: name }));

/** What happened to a family, what it changes, and the way to do it. */
export default function EventDialog({ kind, record: household, onClose }: EventDialogProps) {
  const [start] = useState<Record<string, unknown>>({ on: today(), place: firstPlace(kind) });
  const [changes, setChanges] = useState<Record<string, unknown>>({});
  const values = { ...start, ...changes };
  const own = useMembers(household.id);
  const other = useMembers(String(toBody(fromField, values).from_household_id ?? household.id));
  const accounts = useAccounts(household.id);
  const entities = useEntities(household.id);
  const members = optionsOf(own.rows);
  const along = [...members, ...optionsOf(other.rows)];
  const fields = eventFields(kind, values, {
    members,
    along: [...new Map(along.map((option) => [option.value, option])).values()],
    accounts: namedOptions(accounts.data?.data ?? []),
    entities: namedOptions(entities.rows),
  });
  return (
    <PreviewDialog<Answer>
      title={events[kind].action}
      size="medium"
      step={t('What happened')}
      fields={fields}
      values={values}
      onChange={(key, value) => setChanges((kept) => ({ ...kept, [key]: value }))}
      isTyped={differ(changes, start)}
      path={`/households/${household.id}/family-events`}
      body={() => eventBody(kind, toBody(fields, values))}
      done={events[kind].done}
      action={events[kind].confirm}
      household={String(household.name)}
      made={(answer) => answer.new_household}
      onClose={onClose}
    >
      {(answer) => <EventPreview of={answer} />}
    </PreviewDialog>
  );
}

export const SplitDialog = (props: OwnActionProps) => <EventDialog kind="split" {...props} />;
export const MergeHouseholdDialog = (props: OwnActionProps) => <EventDialog kind="merge" {...props} />;

const fromField = [{ key: 'from_household_id', label: '', kind: 'reference' }] as const;
