import { ArrowDown, ArrowUp, Plus, Star, Trash2 } from 'lucide-react';
import { useId, useRef } from 'react';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { Input } from '../../ui/Input.tsx';
import { CountryInput } from './CountryInput.tsx';
import { type AddressValue, addressParts, type FieldDef, type LabelledValue, type ListedValue } from './field.ts';

export const listed_values_max = 20;

const suggestions = (['work', 'home', 'mobile', 'other'] as const).map((label) =>
  t('{label, select, work {Work} home {Home} mobile {Mobile} other {Other}}', { label }),
);
const networks = ['LinkedIn', 'Xing', 'X', 'Instagram', 'Facebook', 'Mastodon', 'GitHub'];

const partLabels: Record<(typeof addressParts)[number], string> = {
  street: t('Street'),
  postal_code: t('Postal code'),
  city: t('City'),
  region: t('Region'),
  country: t('Country'),
};

const modes: Record<NonNullable<FieldDef['each']>, 'email' | 'tel' | 'url' | 'text'> = {
  email: 'email',
  phone: 'tel',
  url: 'url',
  profile: 'text',
};

interface ListedInputProps {
  field: FieldDef;
  value: readonly ListedValue[];
  onChange: (value: ListedValue[]) => void;
  autoFocus?: boolean;
  disabled?: boolean;
}

/** Several values of a kind, each with a label, in the order in which they are used. */
export function ListedInput({ field, value, onChange, autoFocus, disabled }: ListedInputProps) {
  const box = useRef<HTMLFieldSetElement>(null);
  const labels = useId();
  const empty: ListedValue = field.kind === 'addresses' ? { label: null } : { label: null, value: '' };
  // One can begin to type at once.
  const rows = value.length === 0 ? [empty] : value;
  const put = (at: number, row: ListedValue) => onChange(rows.map((each, index) => (index === at ? row : each)));
  const move = (from: number, to: number) => {
    const others = rows.toSpliced(from, 1);
    onChange(others.toSpliced(to, 0, rows[from]!));
    focusRow(to);
  };
  // The row is there after the next frame.
  const focusRow = (at: number) =>
    requestAnimationFrame(() => {
      const row = box.current?.querySelectorAll<HTMLElement>('[data-row]')[Math.max(at, 0)];
      row?.querySelector<HTMLElement>('input')?.focus();
    });
  return (
    <fieldset ref={box} aria-label={field.label} disabled={disabled} className="flex min-w-0 flex-col gap-2">
      <datalist id={labels}>
        {(field.each === 'profile' ? networks : suggestions).map((text) => (
          <option key={text} value={text} />
        ))}
      </datalist>
      {rows.map((row, at) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no id; their place is what they are known by
          key={at}
          data-row=""
          className="flex min-w-0 flex-wrap items-start gap-1.5 rounded-md border border-line p-1.5"
        >
          <Input
            aria-label={t('Label {number}', { number: at + 1 })}
            list={labels}
            autoComplete="off"
            maxLength={60}
            placeholder={field.each === 'profile' ? t('Network') : t('Label')}
            className="w-32! shrink-0 grow-0 pointer-coarse:w-36!"
            value={row.label ?? ''}
            onValueChange={(label: string) => put(at, { ...row, label })}
          />
          {'value' in row ? (
            <Input
              aria-label={t('{field} {number}', { field: field.label, number: at + 1 })}
              inputMode={modes[field.each ?? 'profile']}
              dir="ltr"
              autoComplete="off"
              autoFocus={autoFocus && at === 0}
              className="w-auto! min-w-0 flex-[1_1_10rem]"
              value={(row as LabelledValue).value}
              onValueChange={(text: string) => put(at, { ...row, value: text })}
            />
          ) : (
            <AddressInputs at={at} row={row as AddressValue} onChange={(address) => put(at, address)} />
          )}
          <span className="ms-auto flex shrink-0 items-center">
            {field.first && at === 0 && <span className="px-1.5 text-12 text-muted">{t('Primary')}</span>}
            {field.first && at > 0 && (
              <IconButton
                size="small"
                label={t('Make {number} primary', { number: at + 1 })}
                onClick={() => move(at, 0)}
              >
                <Star size={14} />
              </IconButton>
            )}
            <IconButton
              size="small"
              label={t('Move {number} up', { number: at + 1 })}
              disabled={at === 0}
              onClick={() => move(at, at - 1)}
            >
              <ArrowUp size={14} />
            </IconButton>
            <IconButton
              size="small"
              label={t('Move {number} down', { number: at + 1 })}
              disabled={at === rows.length - 1}
              onClick={() => move(at, at + 1)}
            >
              <ArrowDown size={14} />
            </IconButton>
            <IconButton
              size="small"
              label={t('Remove {number}', { number: at + 1 })}
              onClick={() => {
                onChange(rows.toSpliced(at, 1));
                focusRow(at - 1);
              }}
            >
              <Trash2 size={14} />
            </IconButton>
          </span>
        </div>
      ))}
      <div>
        <Button
          size="small"
          emphasis="quiet"
          disabled={rows.length >= listed_values_max + (field.first ? 1 : 0)}
          onClick={() => {
            onChange([...rows, empty]);
            focusRow(rows.length);
          }}
        >
          <Plus size={14} />
          {t('Add another')}
        </Button>
      </div>
    </fieldset>
  );
}

interface AddressInputsProps {
  at: number;
  row: AddressValue;
  onChange: (row: AddressValue) => void;
}

function AddressInputs({ at, row, onChange }: AddressInputsProps) {
  return (
    <span className="order-last grid w-full gap-1.5 sm:grid-cols-2">
      {addressParts.map((part) => {
        const props = {
          'aria-label': t('{field} {number}', { field: partLabels[part], number: at + 1 }),
          placeholder: partLabels[part],
          value: row[part] ?? '',
          onValueChange: (text: string) => onChange({ ...row, [part]: text }),
        };
        return part === 'country' ? (
          <CountryInput key={part} {...props} />
        ) : (
          <Input key={part} {...props} autoComplete="off" className={part === 'street' ? 'sm:col-span-2' : undefined} />
        );
      })}
    </span>
  );
}
