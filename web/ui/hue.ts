const classes = ['hue-1', 'hue-2', 'hue-3', 'hue-4', 'hue-5', 'hue-6', 'hue-7'];

/** The same text has the same hue, on every page and every day. */
export function hueClass(text: string): string {
  let sum = 0;
  for (const char of text) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003;
  return classes[sum % classes.length] as string;
}

/** The colours a tag may have. Grey has no hue. */
export const tagClasses: Record<string, string> = {
  gray: 'bg-pressed text-ink',
  red: 'hue-1',
  orange: 'hue-2',
  yellow: 'hue-2',
  green: 'hue-3',
  teal: 'hue-4',
  blue: 'hue-5',
  violet: 'hue-6',
  pink: 'hue-7',
};
