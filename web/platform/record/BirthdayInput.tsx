import { useState } from 'react';
import { t } from '../../text/text.ts';
import { monthName } from '../../ui/format.ts';
import { Input } from '../../ui/Input.tsx';
import { Select } from '../../ui/Select.tsx';
import { type BirthdayParts, readBirthday, writeBirthday } from './birthday.ts';

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
  const [typed, setTyped] = useState({ parts: readBirthday(value), means: value });
  // What was typed stands there as it was, until another value comes from elsewhere.
  const now = typed.means === value ? typed.parts : readBirthday(value);
  function put(part: Partial<BirthdayParts>) {
    const parts = { ...now, ...part };
    const means = writeBirthday(parts);
    setTyped({ parts, means });
    onChange(means);
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
