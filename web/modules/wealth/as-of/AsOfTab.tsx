import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { AsOf, NotKnown } from '../../../../src/modules/wealth/as-of/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { definitionOf } from '../../../platform/record/definitions.ts';
import { FormField } from '../../../platform/record/FormField.tsx';
import type { AnyRecord, FieldDef } from '../../../platform/record/field.ts';
import { fieldWords } from '../../../platform/record/fieldWords.ts';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { formatDate, formatDateTime, formatList, formatNumber, today } from '../../../ui/format.ts';
import { MoneyText } from '../../../ui/MoneyText.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { communicationKindText } from '../communication/words.ts';
import { documentTypeText } from '../document/words.ts';
import { adviserRoleText, memberRoleText } from '../household/words.ts';
import { ExaminerExports } from './ExaminerExports.tsx';

const dayField: FieldDef = { key: 'date', label: t('Day'), kind: 'date' };

/** The same day a year ago; of February 29 the 28th. */
function lastYear(): string {
  const [year, month, day] = today().split('-');
  return `${Number(year) - 1}-${month}-${month === '02' && day === '29' ? '28' : day}`;
}

/** A household as it was on a day, and what an examiner is given of it. */
export default function AsOfTab({ record }: { record: AnyRecord }) {
  const may = useMay();
  const [date, setDate] = useState(lastYear);
  const found = useQuery({
    queryKey: ['household', 'as of', record.id, date],
    queryFn: ({ signal }) => api.get<AsOf>(`/households/${record.id}/as-of`, { date }, signal),
  });
  return (
    <div className="@container mx-auto flex max-w-4xl flex-col gap-6 p-4">
      <div className="flex flex-wrap items-end gap-2 print:hidden">
        <FormField
          field={dayField}
          value={date}
          onChange={(value) => typeof value === 'string' && value && setDate(value)}
        />
        <Button onClick={() => setDate(lastYear())}>{t('Last year')}</Button>
        <Button onClick={() => setDate(today())}>{t('Today')}</Button>
      </div>
      {found.isPending && <SkeletonRows label={t('Loading')} />}
      {found.isError && <NotRead />}
      {found.data && <Shown was={found.data} />}
      {may('examiner_export', 'create') && <ExaminerExports household={record.id} />}
    </div>
  );
}

export function Part({ title, none, children }: { title: string; none?: string | false; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="mb-1 text-14">{title}</h2>
      {none ? (
        <p className="text-13 text-muted">{none}</p>
      ) : (
        <ul className="flex flex-col divide-y divide-line">{children}</ul>
      )}
    </section>
  );
}

const Line = ({ name, detail, end }: { name: string; detail?: ReactNode; end?: ReactNode }) => (
  <li className="flex items-baseline gap-3 py-1.5 text-13">
    <span className="min-w-0 flex-1">
      <bdi className="break-words">{name}</bdi>
      {detail && <span className="block text-12 break-words text-muted">{detail}</span>}
    </span>
    {end}
  </li>
);

const shownFields = ['name', 'status', 'tier', 'salutation', 'street', 'postal_code', 'city', 'country'] as const;
const hidden = t('Not visible to you');

/** A value as the record shows it: of a choice what it is called. */
const wordsOf = (field: string, value: string): string =>
  definitionOf('household')
    .fields.find(({ key }) => key === field)
    ?.options?.find((option) => option.value === value)?.label ?? value;

function Shown({ was }: { was: AsOf }) {
  const { household, holdings } = was;
  const accounts = new Map(was.accounts.map(({ id, name }) => [id, name]));
  const held = holdings.data.filter(({ account_id }) => accounts.has(account_id));
  const none = t('Nothing on this date');
  return (
    <>
      {was.not_known.length > 0 && <NotKnownList all={was.not_known} />}
      {household && (
        <Part title={t('Household on {date}', { date: formatDate(was.date) })}>
          {shownFields.flatMap((field) =>
            household[field]
              ? [
                  <Line
                    key={field}
                    name={wordsOf(field, String(household[field]))}
                    detail={fieldWords('household', field)}
                  />,
                ]
              : [],
          )}
          <Line name={(household.owner as { name: string } | null)?.name ?? '—'} detail={t('Primary adviser')} />
        </Part>
      )}
      <Part title={t('Members')} none={was.members.length === 0 && none}>
        {was.members.map((one) => (
          <Line key={String(one.id)} name={nameOf(one.contact)} detail={memberRoleText(String(one.role))} />
        ))}
      </Part>
      <Part title={t('Advisers')} none={was.advisers.length === 0 && none}>
        {was.advisers.map((one) => (
          <Line key={String(one.id)} name={nameOf(one.user ?? one.team)} detail={adviserRoleText(String(one.role))} />
        ))}
      </Part>
      <Part title={t('Accounts')} none={was.accounts.length === 0 && none}>
        {was.accounts.map(({ id, name, owners }) => (
          <Line
            key={id}
            name={name}
            detail={formatList(owners.map((one) => nameOf(one.contact ?? one.legal_entity)))}
          />
        ))}
      </Part>
      <Part title={t('Positions and values')} none={held.length === 0 && none}>
        {held.map((one) => (
          <Line
            key={`${one.account_id} ${one.security?.id ?? one.currency}`}
            name={one.security?.name ?? t('Cash in {currency}', { currency: one.currency })}
            detail={[
              accounts.get(one.account_id),
              one.security && formatNumber(one.quantity),
              one.is_stale && t('Stale price'),
            ]
              .filter(Boolean)
              .join(' · ')}
            end={
              one.value === null ? (
                <span className="text-muted">{t('No value known')}</span>
              ) : (
                <MoneyText amount={one.value} currency={holdings.currency} />
              )
            }
          />
        ))}
        <Line
          name={t('Net worth')}
          end={<MoneyText amount={holdings.net_worth.total} currency={holdings.currency} />}
        />
      </Part>
      <Part title={t('Documents')} none={was.documents.length === 0 && none}>
        {was.documents.map(({ id, name, type, dated_on, version }) => (
          <Line
            key={id}
            name={name}
            detail={[
              documentTypeText(type),
              dated_on && formatDate(dated_on),
              version && t('Version {number}: {name}', { number: formatNumber(version.number), name: version.name }),
            ]
              .filter(Boolean)
              .join(' · ')}
          />
        ))}
      </Part>
      <Part title={t('Communications')} none={was.communications.length === 0 && none}>
        {was.communications.map((one) => (
          <Line
            key={String(one.id)}
            name={String(one.subject)}
            detail={`${communicationKindText(String(one.kind))} · ${formatDateTime(String(one.occurred_at))}`}
          />
        ))}
        {was.more_communications && <Line name={t('There are more, which the list of communications has')} />}
      </Part>
    </>
  );
}

const nameOf = (of: unknown): string => (of as { name: string } | null)?.name ?? hidden;

/** Accounts of which there may be many, so that they are named together. */
const isRecordedLater = ({ why, since }: NotKnown) => why === 'written_down_later' && since === null;

/** What cannot be known of that day: named, not guessed. */
function NotKnownList({ all }: { all: readonly NotKnown[] }) {
  const later = all.filter(isRecordedLater).map(({ name }) => name ?? hidden);
  return (
    <Banner meaning="attention">
      <p className="font-medium">{t('Not known for this date')}</p>
      <ul className="list-disc ps-4">
        {all.flatMap((one) =>
          isRecordedLater(one) ? [] : [<li key={`${one.of} ${one.id} ${one.why}`}>{unknownText(one)}</li>],
        )}
        {later.length > 0 && <li>{t('First recorded later: {records}.', { records: formatList(later) })}</li>}
      </ul>
    </Banner>
  );
}

const resources = { household: 'household', account: 'financial_account', document: 'document', trail: '' } as const;

function unknownText({ of, name, fields, why, since }: NotKnown): string {
  const what = formatList(fields.map((field) => fieldWords(resources[of], field)));
  const record = name ?? hidden;
  if (why === 'archived')
    return t('Changes before {time} lie in the archive of the audit trail.', { time: formatDateTime(since ?? '') });
  if (why === 'written_down_later')
    return t('{record} was first recorded on {time}.', { record, time: formatDateTime(since ?? '') });
  if (why === 'erased')
    return t('{record}: {what} changed since, and the earlier values are erased.', { record, what });
  if (why === 'sealed') return t('{record}: {what} changed since, and is sealed.', { record, what });
  return t('{record}: no history is kept of {what}.', { record, what });
}
