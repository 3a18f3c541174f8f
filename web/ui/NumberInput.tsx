import { type ComponentProps, useState } from 'react';
import { cx } from './cx.ts';
import { Input } from './Input.tsx';
import { type NumberKind, numberText, readNumber, type TypedNumber } from './number.ts';

interface NumberInputProps
  extends Omit<ComponentProps<typeof Input>, 'value' | 'onValueChange' | 'type' | 'inputMode'> {
  kind?: NumberKind;
  /** As the API has it, or as this input gave it. */
  value: unknown;
  onValueChange: (value: TypedNumber) => void;
}

/** A number, shown and typed in the way of its reader. */
export function NumberInput({ kind = 'decimal', value, onValueChange, className, ...rest }: NumberInputProps) {
  const [typed, setTyped] = useState({ text: numberText(value), means: value });
  return (
    <Input
      autoComplete="off"
      {...rest}
      inputMode={kind === 'integer' ? 'numeric' : 'decimal'}
      className={cx('tabular-nums', className)}
      // What was typed stands there as it was, until another value comes from elsewhere.
      value={typed.means === value ? typed.text : numberText(value)}
      onValueChange={(text) => {
        const means = readNumber(text, kind);
        setTyped({ text, means });
        onValueChange(means);
      }}
    />
  );
}
