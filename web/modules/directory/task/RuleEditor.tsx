import { type ReactNode, useState } from 'react';
import { t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import { today } from '../../../ui/format.ts';
import { Input } from '../../../ui/Input.tsx';
import { Select } from '../../../ui/Select.tsx';
import { recurrenceText, weekdayName } from './recurrence.ts';
import { type Frequency, firstRule, type Rule, readRule, type Weekday, weekdays, writeRule } from './rule.ts';

const units = [
  { value: 'DAILY', label: t('days') },
  { value: 'WEEKLY', label: t('weeks') },
  { value: 'MONTHLY', label: t('months') },
  { value: 'YEARLY', label: t('years') },
];
const inMonth = [
  { value: 'same', label: t('on the day when it is due') },
  { value: 'day', label: t('on a day of the month') },
  { value: 'weekday', label: t('on a weekday') },
];
const places = [
  { value: '1', label: t('first') },
  { value: '2', label: t('second') },
  { value: '3', label: t('third') },
  { value: '4', label: t('fourth') },
  { value: '5', label: t('fifth') },
  { value: '-1', label: t('last') },
];
const daysOfMonth = [
  ...Array.from({ length: 31 }, (_, at) => ({ value: String(at + 1), label: String(at + 1) })),
  { value: '-1', label: t('the last') },
];
const endings = [
  { value: 'never', label: t('Never') },
  { value: 'until', label: t('On a day') },
  { value: 'count', label: t('After a number of times') },
];

interface RuleEditorProps {
  /** A rule of RFC 5545. One that says more than can be chosen here is begun anew. */
  value: string | null;
  /** On which its task is due: a weekly rule without days follows it, and the words say so. */
  due_on: string;
  onChange: (rule: string) => void;
}

/** Any rule by which tasks mostly repeat, put together from its parts and said in words. */
export function RuleEditor({ value, due_on, onChange }: RuleEditorProps) {
  const [rule, setRule] = useState<Rule>((value && readRule(value)) || firstRule);
  function change(part: Partial<Rule>) {
    const next = { ...rule, ...part };
    setRule(next);
    onChange(writeRule(next));
  }
  const toggle = (day: Weekday) =>
    change({ days: rule.days.includes(day) ? rule.days.filter((each) => each !== day) : [...rule.days, day] });

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row in every browser
    <div
      role="group"
      aria-label={t('Custom')}
      className="flex flex-col gap-3 rounded-lg border border-line p-3 sm:col-span-2"
    >
      <Row label={t('Repeat every')}>
        <Whole label={t('Repeat every')} value={rule.interval} onChange={(interval) => change({ interval })} />
        <Select
          label={t('Days, weeks, months or years')}
          options={units}
          value={rule.frequency}
          onChange={(next) => change({ frequency: next as Frequency })}
        />
      </Row>
      {rule.frequency === 'WEEKLY' && (
        // biome-ignore lint/a11y/useSemanticElements: as above
        <div role="group" aria-label={t('On these days')} className="grid grid-cols-7 gap-1">
          {weekdays.map((day) => (
            <button
              key={day}
              type="button"
              aria-pressed={rule.days.includes(day)}
              aria-label={weekdayName(day)}
              className={cx(
                'h-8 min-w-0 rounded-md border border-line px-1 text-12 font-medium text-muted hover:text-ink pointer-coarse:h-10',
                'aria-pressed:border-accent aria-pressed:bg-pressed aria-pressed:text-ink',
              )}
              onClick={() => toggle(day)}
            >
              {weekdayName(day, 'short')}
            </button>
          ))}
        </div>
      )}
      {rule.frequency === 'MONTHLY' && (
        <Row label={t('In the month')}>
          <Select
            label={t('When in the month')}
            options={inMonth}
            value={rule.on}
            onChange={(on) => change({ on: on as Rule['on'] })}
          />
        </Row>
      )}
      {rule.frequency === 'MONTHLY' && rule.on !== 'same' && (
        <Row>
          {rule.on === 'day' && (
            <Select
              label={t('Day of the month')}
              options={daysOfMonth}
              value={String(rule.day)}
              onChange={(day) => change({ day: Number(day), or_last: true })}
            />
          )}
          {rule.on === 'weekday' && (
            <>
              <Select
                label={t('Which of them')}
                options={places}
                value={String(rule.nth)}
                onChange={(nth) => change({ nth: Number(nth) })}
              />
              <Select
                label={t('Weekday')}
                options={weekdays.map((day) => ({ value: day, label: weekdayName(day) }))}
                value={rule.weekday}
                onChange={(weekday) => change({ weekday: weekday as Weekday })}
              />
            </>
          )}
        </Row>
      )}
      <Row label={t('Ends')}>
        <Select
          label={t('When it ends')}
          options={endings}
          value={rule.ends}
          onChange={(ends) => change({ ends: ends as Rule['ends'] })}
        />
        {rule.ends === 'until' && (
          <Input
            type="date"
            aria-label={t('Last day')}
            min={today()}
            value={rule.until}
            onValueChange={(until) => change({ until })}
          />
        )}
        {rule.ends === 'count' && (
          <Whole label={t('How many times')} value={rule.count} onChange={(count) => change({ count })} />
        )}
      </Row>
      <p aria-live="polite" className="text-12 text-muted">
        {recurrenceText(writeRule(rule), due_on)}
      </p>
    </div>
  );
}

/** What its controls are about, beside them; above them where there is no room. */
function Row({ label, children }: { label?: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-3 gap-y-1 sm:grid-cols-[6rem_1fr] sm:items-center">
      {label && (
        <span aria-hidden="true" className="text-13 text-muted">
          {label}
        </span>
      )}
      <div className="flex min-w-0 sm:col-start-2 flex-wrap gap-2 *:min-w-24 *:flex-1">{children}</div>
    </div>
  );
}

/** A whole number of up to three figures. While it is none, the last one holds. */
function Whole({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  const [text, setText] = useState(String(value));
  return (
    <Input
      aria-label={label}
      inputMode="numeric"
      autoComplete="off"
      value={text}
      onValueChange={(next) => {
        setText(next);
        if (/^[1-9]\d{0,2}$/.test(next.trim())) onChange(Number(next));
      }}
      onBlur={() => setText(String(value))}
    />
  );
}
