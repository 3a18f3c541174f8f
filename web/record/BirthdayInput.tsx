import { useState } from 'react';
import { t } from '../text/text.ts';
import { monthName } from '../ui/format.ts';
import { Input } from '../ui/Input.tsx';
import { Select } from '../ui/Select.tsx';

interface BirthdayInputProps {
  label: string;
  value: string | null;
  onChange: (value: string | null) => void;
  autoFocus?: boolean;
  disabled?: boolean;
}

const months = Array.from({ length: 12 }, (_, at) => String(at + 1).padStart(2, '0'));

/** Day and month, and the year where one knows it. */
export function BirthdayInput({ label, value, onChange, autoFocus, disabled }: BirthdayInputProps) {
  const [, read = '', month = '', day = ''] = /^(\d{4}|-)-(\d\d)-(\d\d)$/.exec(value ?? '') ?? [];
  const [now, setNow] = useState({ year: read === '-' ? '' : read, month, day: day.replace(/^0/, '') });
  function put(part: Partial<typeof now>) {
    const next = { ...now, ...part };
    setNow(next);
    if (next.day === '' && next.month === '' && next.year === '') onChange(null);
    // What is not whole yet the server refuses in words.
    else
      onChange(
        `${next.year === '' ? '-' : next.year.padStart(4, '0')}-${next.month || '00'}-${next.day.padStart(2, '0')}`,
      );
  }
  return (
    <fieldset aria-label={label} disabled={disabled} className="flex min-w-0 gap-1.5">
      <Input
        aria-label={t('Day')}
        placeholder={t('Day')}
        inputMode="numeric"
        maxLength={2}
        autoFocus={autoFocus}
        className="w-14! shrink-0 grow-0"
        value={now.day}
        onValueChange={(text: string) => put({ day: text.replace(/\D/g, '') })}
      />
      <Select
        label={t('Month')}
        className="min-w-0 flex-1"
        options={[{ value: '', label: t('Month') }, ...months.map((each) => ({ value: each, label: monthName(each) }))]}
        value={now.month}
        disabled={disabled}
        onChange={(next) => put({ month: next })}
      />
      <Input
        aria-label={t('Year, if known')}
        placeholder={t('Year')}
        inputMode="numeric"
        maxLength={4}
        className="w-18! shrink-0 grow-0"
        value={now.year}
        onValueChange={(text: string) => put({ year: text.replace(/\D/g, '') })}
      />
    </fieldset>
  );
}
