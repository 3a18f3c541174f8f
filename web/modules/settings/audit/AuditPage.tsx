import { Link, useSearch } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useState } from 'react';
import { useLookup } from '../../../platform/record/lookup.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { usePages } from '../../../platform/settings/usePages.ts';
import { t } from '../../../text/text.ts';
import { buttonClass } from '../../../ui/Button.tsx';
import { type Choice, Combobox } from '../../../ui/Combobox.tsx';
import { dayAfter, startOf } from '../../../ui/calendar/days.ts';
import { zoneOfReader } from '../../../ui/format.ts';
import { Input } from '../../../ui/Input.tsx';
import { isDay } from '../../../ui/isDay.ts';
import { Select } from '../../../ui/Select.tsx';
import { resourceGroups } from '../roles/rights.ts';
import { ArchiveSearch } from './ArchiveSearch.tsx';
import type { AuditEvent } from './audit.ts';
import { EventList } from './EventList.tsx';

const resources = () => [
  { value: 'all', label: t('Everything') },
  ...resourceGroups().flatMap(({ rows }) => rows.map(({ resource, label }) => ({ value: resource, label }))),
  { value: 'session', label: t('Sessions') },
];

/** Who did what, when and from where. */
export default function AuditPage() {
  const may = useMay();
  const [resource, setResource] = useState('all');
  const { request_id, record_id } = useSearch({ strict: false }) as { request_id?: string; record_id?: string };
  const [actor, setActor] = useState<Choice | null>(null);
  const [days, setDays] = useState({ from: '', to: '' });
  const filter = {
    resource: resource === 'all' ? undefined : resource,
    actor_id: actor?.id,
    request_id,
    record_id,
    from: isDay(days.from) ? startOf(days.from, zoneOfReader()) : undefined,
    to: isDay(days.to) ? startOf(dayAfter(days.to), zoneOfReader()) : undefined,
  };
  const events = usePages<AuditEvent>('audit_event', '/audit-events', { ...filter, limit: 50 });
  return (
    <SettingsSection
      title={t('Audit log')}
      description={t(
        'Every change, in the order in which it happened. Nobody can edit the log, and each entry is written together with its change or not at all.',
      )}
    >
      <div className="mb-3 flex flex-wrap gap-2">
        <Select
          label={t('What')}
          className="w-44! max-sm:flex-1"
          options={resources()}
          value={resource}
          onChange={setResource}
        />
        {may('user', 'read') && <ActorFilter value={actor} onChange={setActor} />}
        <DayFilter label={t('From')} value={days.from} onChange={(from) => setDays({ ...days, from })} />
        <DayFilter label={t('To')} value={days.to} onChange={(to) => setDays({ ...days, to })} />
        {record_id !== undefined && (
          <Link to="/settings/$section" params={{ section: 'audit' }} className={buttonClass()}>
            {t('Of one record')}
            <X size={14} aria-label={t('Remove {name}', { name: t('Of one record') })} />
          </Link>
        )}
        {request_id !== undefined && (
          <Link to="/settings/$section" params={{ section: 'audit' }} className={buttonClass()}>
            {t('Of one request')}
            <X size={14} aria-label={t('Remove {name}', { name: t('Of one request') })} />
          </Link>
        )}
      </div>
      <EventList
        label={t('Events')}
        events={events}
        none={t('No events match these filters.')}
        more={events.data?.length === 0 ? t('Search further back') : t('Show older')}
      />
      {events.data && !events.hasNextPage && <ArchiveSearch filter={filter} />}
    </SettingsSection>
  );
}

interface DayFilterProps {
  label: string;
  value: string;
  onChange: (day: string) => void;
}

/** The days from which and up to which events are shown, both included. */
function DayFilter({ label, value, onChange }: DayFilterProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the input inside is its control
    <label className="flex items-center gap-2 text-13 text-muted max-sm:w-full">
      <span className="shrink-0 max-sm:w-10">{label}</span>
      <Input type="date" className="w-36 max-sm:w-full" value={value} onValueChange={onChange} />
    </label>
  );
}

function ActorFilter({ value, onChange }: { value: Choice | null; onChange: (actor: Choice | null) => void }) {
  const { choices, loading, setQuery } = useLookup('user');
  return (
    <Combobox
      label={t('Who')}
      placeholder={t('Anybody')}
      className="w-56 max-sm:flex-1"
      value={value}
      choices={choices}
      loading={loading}
      onQuery={setQuery}
      onChange={onChange}
    />
  );
}
