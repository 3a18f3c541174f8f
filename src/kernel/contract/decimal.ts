/** How many digits an exact decimal has before and after the point. */
export interface Digits {
  whole: number;
  scale: number;
}

/** What an exact decimal with so many digits looks like. */
export const decimalPattern = ({ whole, scale }: Digits): RegExp =>
  new RegExp(`^-?\\d{1,${whole}}${scale > 0 ? `(\\.\\d{1,${scale}})?` : ''}$`);

/** `"1.5"` with a scale of 3 -> 1500n. The text must have been checked. */
export function decimalUnits(text: string, { scale }: Digits): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(scale, '0'));
}

/**
 * `1.5` with a scale of 3 -> `"1.500"`. Takes a number too, as history has it: one that is written with these very
 * digits, because the driver leaves others as texts. toFixed would write what the number is in binary.
 */
export function decimalText(value: string | number, { scale }: Digits): string {
  const written = String(value);
  const text = written.includes('e') ? Number(value).toFixed(scale) : written;
  const [whole, fraction = ''] = text.split('.');
  return scale === 0 ? whole! : `${whole}.${fraction.padEnd(scale, '0')}`;
}
