import { t } from '../../text/text.ts';
import { Input } from '../../ui/Input.tsx';
import { NumberInput } from '../../ui/NumberInput.tsx';
import { useSession } from '../session/session.tsx';
import type { MoneyValue } from './field.ts';

interface MoneyInputProps {
  label: string;
  value: MoneyValue | null;
  onChange: (value: MoneyValue) => void;
  autoFocus?: boolean;
  disabled?: boolean;
}

/** An amount beside a currency of its own, as custom fields hold it. */
export function MoneyInput({ label, value, onChange, autoFocus, disabled }: MoneyInputProps) {
  const { tenant } = useSession();
  const now = value ?? { amount: '', currency: tenant.default_currency };
  return (
    <div className="flex h-full gap-2">
      <NumberInput
        kind="money"
        aria-label={label}
        className="min-w-0 flex-1"
        value={now.amount}
        autoFocus={autoFocus}
        disabled={disabled}
        onValueChange={(amount) => onChange({ ...now, amount })}
      />
      <Input
        aria-label={t('Currency')}
        autoComplete="off"
        className="w-16! uppercase"
        maxLength={3}
        value={now.currency}
        disabled={disabled}
        onValueChange={(currency: string) => onChange({ ...now, currency: currency.toUpperCase() })}
      />
    </div>
  );
}
