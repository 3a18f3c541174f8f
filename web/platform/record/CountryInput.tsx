import { type ComponentProps, useId, useState } from 'react';
import { Input } from '../../ui/Input.tsx';
import { countryNames, countryText } from './countries.ts';

type CountryInputProps = Omit<ComponentProps<typeof Input>, 'value' | 'list' | 'onValueChange'> & {
  value: string;
  onValueChange: (text: string) => void;
};

/** Offers all countries in the reader's language. What is none of them can be typed too. */
export function CountryInput({ value, ...input }: CountryInputProps) {
  const list = useId();
  // What is typed stays as it is: "De" is the beginning of Denmark.
  const [stored] = useState(value);
  const [names] = useState(countryNames);
  return (
    <>
      <Input {...input} list={list} autoComplete="off" value={value === stored ? countryText(value) : value} />
      <datalist id={list}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
