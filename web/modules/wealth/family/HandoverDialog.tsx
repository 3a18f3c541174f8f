import { useState } from 'react';
import type { Handover } from '../../../../src/modules/wealth/household-handover/contract.ts';
import type { OwnActionProps } from '../../../platform/record/definition.ts';
import { differ, toBody } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { PreviewDialog } from './PreviewDialog.tsx';

const fields = [
  {
    key: 'to_user_id',
    label: t('New primary adviser'),
    kind: 'reference',
    of: 'user',
    expand: 'to_user',
    required: true,
  },
] as const;

/** Gives a household to another primary adviser, after saying what goes with it. */
export default function HandoverDialog({ record: household, onClose }: OwnActionProps) {
  const [values, setValues] = useState<Record<string, unknown>>({});
  return (
    <PreviewDialog<Handover>
      title={t('Hand over household')}
      step={t('To whom')}
      fields={fields}
      values={values}
      onChange={(key, value) => setValues({ [key]: value })}
      isTyped={differ(values, {})}
      path={`/households/${household.id}/handover`}
      body={() => toBody(fields, values)}
      done={t('Household handed over')}
      action={t('Hand over')}
      household={String(household.name)}
      onClose={onClose}
    >
      {(answer) => <Consequences of={answer} />}
    </PreviewDialog>
  );
}

function Consequences({ of: { from, to, contacts, tasks, still_through } }: { of: Handover }) {
  const names = (rows: Handover['contacts']) => rows.map(({ name }) => name).join(', ');
  const values = { from: from.name, to: to.name };
  const lines = [
    t('{to} becomes the primary adviser and sees the household with all its accounts, documents and notes.', values),
    t('{from} loses access to all of it immediately.', values),
    ...(contacts.length > 0 ? [t('{to} owns these contacts: {names}', { ...values, names: names(contacts) })] : []),
    ...(tasks.length > 0 ? [t('{to} gets these open tasks: {names}', { ...values, names: names(tasks) })] : []),
  ];
  return (
    <>
      {still_through.length > 0 && (
        <Banner meaning="attention">
          {t('{from} still sees the household through a team: {names}', { ...values, names: names(still_through) })}
        </Banner>
      )}
      <ul className="flex flex-col gap-1 text-13 wrap-anywhere">
        {lines.map((line) => (
          <li key={line} className="border-s-2 border-line-strong ps-2">
            {line}
          </li>
        ))}
      </ul>
    </>
  );
}
