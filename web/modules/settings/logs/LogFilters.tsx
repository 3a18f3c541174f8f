import { CalendarClock, ListFilter, X } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useLookup } from '../../../platform/record/lookup.ts';
import { useReference } from '../../../platform/record/reference.ts';
import { folded, t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Combobox } from '../../../ui/Combobox.tsx';
import { Field } from '../../../ui/Field.tsx';
import { formatExactTime } from '../../../ui/format.ts';
import { Input } from '../../../ui/Input.tsx';
import { Popover } from '../../../ui/Popover.tsx';
import { SearchInput } from '../../../ui/SearchInput.tsx';
import { Select } from '../../../ui/Select.tsx';
import { fromTyped, toTyped } from '../../../ui/zoned.ts';
import { cleared } from './filters.ts';
import { fixedPeriod, type LogSearch, periodOf, rangeOf, ranges } from './logs.ts';

const levelOptions = [
  { value: 'info', label: t('All levels') },
  { value: 'warn', label: t('Warnings and errors') },
  { value: 'error', label: t('Errors only') },
];

interface Workspace {
  id: string;
  name: string;
  title: string;
}

interface LogFiltersProps {
  everything: boolean;
  search: LogSearch;
  workspaces: Workspace[] | undefined;
  onChange: (next: Partial<LogSearch>) => void;
}

/**
 * What is searched for: the usual at once, the rest behind a button; what is set beyond the usual stands below and can
 * be taken away.
 */
export function LogFilters({ everything, search, workspaces, onChange }: LogFiltersProps) {
  const [text, setText] = useState(search.text ?? '');
  const workspace = workspaces?.find(({ id }) => id === search.tenant_id);
  // Of the installation it may be anybody's.
  const person = useReference('user', everything ? null : search.user_id);
  const chips: [keyof LogSearch, string, string | undefined][] = [
    ['route', t('Route'), search.route],
    ['user_id', t('Person'), person?.name ?? search.user_id],
    ['tenant_id', t('Workspace'), everything ? (workspace?.title ?? search.tenant_id) : undefined],
    ['request_id', t('Request'), search.request_id],
    ['trace_id', t('Trace'), search.trace_id],
  ];
  const set = chips.filter(([, , value]) => value);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange({ text: text.trim() });
  };
  return (
    <div className="mb-5 flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <form onSubmit={submit} className="min-w-48 flex-1 max-sm:basis-full">
          <SearchInput
            aria-label={t('Text in a line')}
            placeholder={t('Text in a line, then Enter')}
            minLength={2}
            maxLength={200}
            value={text}
            onValueChange={setText}
            onBlur={() => {
              if (text.trim().length !== 1 && text.trim() !== (search.text ?? '')) onChange({ text: text.trim() });
            }}
          />
        </form>
        <Select
          label={t('Level')}
          className="w-48! max-sm:basis-2/5 max-sm:flex-1"
          options={levelOptions}
          value={search.level ?? 'info'}
          onChange={(level) => onChange({ level: level === 'info' ? undefined : level })}
        />
        <TimeFilter search={search} onChange={onChange} />
        <MoreFilters everything={everything} search={search} workspaces={workspaces} onChange={onChange} />
      </div>
      {set.length > 0 && (
        <ul aria-label={t('Filters')} className="flex flex-wrap items-center gap-1.5">
          {set.map(([name, label, value]) => (
            <FilterChip key={name} label={label} value={value!} onRemove={() => onChange({ [name]: undefined })} />
          ))}
          {set.length > 1 && (
            <li>
              <Button emphasis="quiet" size="small" onClick={() => onChange(cleared)}>
                {t('Remove all filters')}
              </Button>
            </li>
          )}
        </ul>
      )}
    </div>
  );
}

function FilterChip({ label, value, onRemove }: { label: string; value: string; onRemove: () => void }) {
  return (
    <li className="flex h-7 max-w-full min-w-0 items-center gap-1.5 rounded-md border border-line bg-sunken ps-2 text-12 pointer-coarse:h-10">
      <span className="shrink-0 text-muted">{label}</span>
      <bdi className="min-w-0 truncate font-medium">{value}</bdi>
      <button
        type="button"
        aria-label={t('Remove {name}', { name: label })}
        className="inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:text-ink pointer-coarse:size-10"
        onClick={onRemove}
      >
        <X size={12} />
      </button>
    </li>
  );
}

function TimeFilter({ search, onChange }: Pick<LogFiltersProps, 'search' | 'onChange'>) {
  const fixed = fixedPeriod(search);
  return (
    <InPopover
      icon={<CalendarClock size={14} />}
      label={t('Time')}
      trigger={
        fixed
          ? `${formatExactTime(fixed.from, 'minute')} – ${formatExactTime(fixed.to, 'minute')}`
          : rangeOf(search).label
      }
    >
      {(close) => (
        <>
          <ul className="flex flex-col p-1">
            {ranges.map(({ id, label }) => (
              <li key={id}>
                <button
                  type="button"
                  className="menu-item w-full text-start hover:bg-hover"
                  aria-pressed={!fixed && rangeOf(search).id === id}
                  onClick={() => {
                    onChange({ range: id, from: undefined, to: undefined });
                    close();
                  }}
                >
                  {label}
                </button>
              </li>
            ))}
          </ul>
          <PeriodForm search={search} onChange={onChange} onClose={close} />
        </>
      )}
    </InPopover>
  );
}

function PeriodForm({
  search,
  onChange,
  onClose,
}: Pick<LogFiltersProps, 'search' | 'onChange'> & { onClose: () => void }) {
  const period = periodOf(search, Date.now());
  const [from, setFrom] = useState(toTyped(period.from));
  const [to, setTo] = useState(toTyped(period.to));
  const [first, last] = [fromTyped(from), fromTyped(to)];
  const valid = first !== null && last !== null && Date.parse(first) < Date.parse(last);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!valid) return;
    onChange({ from: first, to: last, range: undefined });
    onClose();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-2 border-t border-line p-3">
      <Field name="from" label={t('From')}>
        <Input type="datetime-local" value={from} onValueChange={setFrom} required />
      </Field>
      <Field name="to" label={t('Until')} help={!valid && t('This must be later than the beginning')}>
        <Input type="datetime-local" value={to} onValueChange={setTo} required />
      </Field>
      <Button type="submit" disabled={!valid}>
        {t('Search this time')}
      </Button>
    </form>
  );
}

function MoreFilters({ everything, search, workspaces, onChange }: LogFiltersProps) {
  return (
    <InPopover icon={<ListFilter size={14} />} label={t('More filters')} trigger={t('More filters')} align="end">
      {(close) => (
        <MoreForm
          everything={everything}
          search={search}
          workspaces={workspaces}
          onChange={(next) => {
            onChange(next);
            close();
          }}
        />
      )}
    </InPopover>
  );
}

function MoreForm({ everything, search, workspaces, onChange }: LogFiltersProps) {
  const [typed, setTyped] = useState(search);
  const field = (name: 'route' | 'user_id' | 'request_id' | 'trace_id') => ({
    value: typed[name] ?? '',
    maxLength: 200,
    onValueChange: (value: string) => setTyped({ ...typed, [name]: value.trim() }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { route, user_id, tenant_id, request_id, trace_id } = typed;
    onChange({ route, user_id, tenant_id, request_id, trace_id });
  };
  return (
    <form onSubmit={submit} className="flex w-80 max-w-full flex-col gap-3 p-3">
      {everything && (
        <Field name="tenant_id" label={t('Workspace')}>
          <WorkspaceInput
            workspaces={workspaces}
            value={typed.tenant_id}
            onChange={(tenant_id) => setTyped({ ...typed, tenant_id })}
          />
        </Field>
      )}
      <Field name="route" label={t('Route')} help={t('As in the log: GET /api/v1/contacts, or job and its kind')}>
        <Input {...field('route')} />
      </Field>
      <Field name="user_id" label={t('Person')} help={everything && t('The id of a person, as in the log')}>
        {everything ? (
          <Input {...field('user_id')} />
        ) : (
          <PersonInput value={typed.user_id} onChange={(user_id) => setTyped({ ...typed, user_id })} />
        )}
      </Field>
      <Field name="request_id" label={t('Request')} help={t('Also from the header X-Request-Id of a response')}>
        <Input {...field('request_id')} />
      </Field>
      <Field name="trace_id" label={t('Trace')}>
        <Input {...field('trace_id')} />
      </Field>
      <Button type="submit" emphasis="primary">
        {t('Search')}
      </Button>
    </form>
  );
}

interface ChoiceInputProps {
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

const workspaces_shown_max = 20;

function WorkspaceInput({
  workspaces = [],
  value,
  onChange,
}: ChoiceInputProps & { workspaces: Workspace[] | undefined }) {
  const [query, setQuery] = useState('');
  const all = workspaces.map(({ id, name, title }) => ({ id, name: title, detail: name }));
  const wanted = folded(query.trim());
  const choices = all.filter(({ name, detail }) => folded(`${name} ${detail}`).includes(wanted));
  return (
    <Combobox
      label={t('Workspace')}
      placeholder={t('All workspaces')}
      value={all.find(({ id }) => id === value) ?? null}
      choices={choices.slice(0, workspaces_shown_max)}
      onQuery={setQuery}
      onChange={(choice) => onChange(choice?.id)}
    />
  );
}

function PersonInput({ value, onChange }: ChoiceInputProps) {
  const { choices, loading, setQuery } = useLookup('user');
  const named = useReference('user', value ?? null);
  return (
    <Combobox
      label={t('Person')}
      placeholder={t('Anybody')}
      value={named}
      choices={choices}
      loading={loading}
      onQuery={setQuery}
      onChange={(choice) => onChange(choice?.id)}
    />
  );
}

interface InPopoverProps {
  icon: ReactNode;
  label: string;
  trigger: string;
  align?: 'start' | 'end';
  children: (close: () => void) => ReactNode;
}

function InPopover({ icon, label, trigger, align, children }: InPopoverProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label={label}
      align={align}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button
          icon={icon}
          aria-label={trigger === label ? label : `${label}: ${trigger}`}
          className="max-w-full min-w-0 max-sm:basis-2/5 max-sm:flex-1"
        >
          <span className="min-w-0 truncate">{trigger}</span>
        </Button>
      }
    >
      {children(() => setOpen(false))}
    </Popover>
  );
}
