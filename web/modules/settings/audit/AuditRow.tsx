import { Link, useSearch } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { fieldWords } from '../../../platform/record/fieldWords.ts';
import { findType } from '../../../platform/record/recordTypes.ts';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import { DateText } from '../../../ui/DateText.tsx';
import { formatList } from '../../../ui/format.ts';
import { useRoleName } from '../members/member.ts';
import { type AuditEvent, actorName, deedOf, fieldNamesOf, fieldsOf, isGone, nameOf, valueText } from './audit.ts';

const who = (words: ReactNode) => <bdi className="font-medium">{words}</bdi>;
const muted = (words: ReactNode) => <span className="text-muted">{words}</span>;

export function AuditRow({ event: read }: { event: AuditEvent }) {
  const roleName = useRoleName();
  const names = Object.entries(read.names).map(([id, name]) => [id, roleName({ id, name })]);
  const event = { ...read, names: Object.fromEntries(names) };
  const [open, setOpen] = useState(false);
  const fields = fieldsOf(event);
  const [actor, deed, name] = [actorName(event), deedOf(event), nameOf(event)];
  return (
    <li className="text-13">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex min-h-10 w-full items-center gap-2 px-3 py-2 text-start hover:bg-hover"
      >
        <ChevronRight
          size={14}
          aria-hidden="true"
          className={cx('shrink-0 text-faint transition-transform', open ? 'rotate-90' : 'rtl:-scale-x-100')}
        />
        <span className="min-w-0 flex-1 max-sm:wrap-anywhere sm:truncate">
          {name ? (
            <T
              text="<who>{actor}</who> <muted>{deed}</muted> <what>{name}</what>"
              values={{ actor, deed, name, who, muted, what: (words) => <bdi>{words}</bdi> }}
            />
          ) : (
            <>
              {who(actor)} {muted(deed)}
            </>
          )}
        </span>
        <span className="shrink-0 text-12 text-muted">
          <DateText value={event.at} />
        </span>
      </button>
      {open && (
        <div className="px-9 pb-3">
          {fields.length > 0 && (
            <dl className="mb-2 grid grid-cols-[minmax(6rem,auto)_1fr] gap-x-4 gap-y-0.5">
              {fields.map(({ field, before, after }) => (
                <div key={field} className="contents">
                  <dt className="text-muted">{fieldWords(event.resource, field)}</dt>
                  <dd className="min-w-0 wrap-anywhere">
                    {before !== null && (
                      <span className="text-muted line-through">{valueText(event, field, before)}</span>
                    )}
                    {before !== null && after !== null && ' → '}
                    {after !== null && valueText(event, field, after)}
                  </dd>
                </div>
              ))}
            </dl>
          )}
          {fields.length === 0 && event.fields && (
            <p className="mb-2">
              {t('{fields}: the values were erased, or are not visible to you.', {
                fields: formatList(fieldNamesOf(event).map((field) => fieldWords(event.resource, field))),
              })}
            </p>
          )}
          <RecordLinks event={event} />
          <p className="font-mono text-12 wrap-anywhere text-faint">
            {[
              event.ip,
              event.cause,
              event.request_id && t('request {id}', { id: event.request_id }),
              event.record_id && t('record {id}', { id: event.record_id }),
              t('event {number}', { number: event.seq }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
      )}
    </li>
  );
}

/** From an event to what it is about, and to all that happened to that. */
function RecordLinks({ event }: { event: AuditEvent }) {
  const { resource, record_id, action } = event;
  const { record_id: shown } = useSearch({ strict: false }) as { record_id?: string };
  if (!record_id) return null;
  const path = findType(resource)?.path;
  return (
    <p className="mb-2 flex flex-wrap gap-x-4 empty:hidden">
      {path && action !== 'delete' && !isGone(event) && (
        <Link to={`${path}/$id`} params={{ id: record_id }} className="rounded-sm text-accent-ink hover:underline">
          {t('Open the record')}
        </Link>
      )}
      {shown !== record_id && (
        <Link
          to="/settings/$section"
          params={{ section: 'audit' }}
          search={{ record_id } as never}
          className="rounded-sm text-accent-ink hover:underline"
        >
          {t('All events of this record')}
        </Link>
      )}
    </p>
  );
}
