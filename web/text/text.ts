import { type FormatXMLElementFn, IntlMessageFormat, type PrimitiveType } from 'intl-messageformat';
import type { ReactNode } from 'react';
import { dates, numbers, plurals } from './intl.ts';
import { language } from './locale.ts';
import { inWordsOf, shapesOf } from './shapes.ts';

export type Values = Readonly<Record<string, PrimitiveType>>;
export type RichValues = Readonly<Record<string, PrimitiveType | ReactNode | FormatXMLElementFn<ReactNode>>>;

/**
 * Read before any module that imports this one, which may therefore say `t('…')` while it is read itself. These are the
 * words of what one sees first; the others are there before any part of the page that comes later (lazy.ts).
 */
const catalogue: Record<string, string> = language === 'de' ? { ...(await import('./deFirst.ts')).words } : {};
let shapes: ReturnType<typeof shapesOf> = [];
let later: Promise<void> | undefined;

/** When the words of all parts are there. What fails is tried again with the next part. */
export function allWords(): Promise<void> {
  later ??= language === 'de' ? readLaterWords() : Promise.resolve();
  return later;
}

async function readLaterWords(): Promise<void> {
  try {
    const { words, ofServer } = await import('./de.ts');
    Object.assign(catalogue, words);
    shapes = shapesOf(ofServer);
  } catch (error) {
    later = undefined;
    throw error;
  }
}

const formats = new Map<string, IntlMessageFormat>();

const formatters = {
  getPluralRules: (_: unknown, options?: Intl.PluralRulesOptions) => plurals(options),
  getNumberFormat: (_: unknown, options?: object) => numbers(options),
  getDateTimeFormat: (_: unknown, options?: Intl.DateTimeFormatOptions) => dates(options),
};

function formatOf(message: string): IntlMessageFormat {
  const made = formats.get(message) ?? new IntlMessageFormat(message, language, undefined, { formatters });
  formats.set(message, made);
  return made;
}

/**
 * The words for an English ICU message, which is its own key: `t('{count, plural, one {# row} other {# rows}}', { count
 * })`.
 */
export function t(message: string, values?: Values): string {
  const words = catalogue[message] ?? message;
  return values ? endedOnce(String(formatOf(words).format(values))) : words;
}

/**
 * A value may bring a full stop of its own to the end of a sentence: “Blue Inc.”, or a reason that is a sentence
 * itself.
 */
const endedOnce = (text: string): string => text.replace(/(?<!\.)\.\.(?=\s|$)/g, '.');

/** The same with parts that are drawn: `<b>…</b>` in the message is the function `b` among the values. */
export function formatRich(message: string, values: RichValues): ReactNode {
  return formatOf(catalogue[message] ?? message).format<ReactNode>(values as Record<string, PrimitiveType | ReactNode>);
}

/**
 * The words for an English text that comes from elsewhere, such as an answer of the server, values and all; as it is
 * when there are none.
 */
export const translateServerText = (text: string): string =>
  catalogue[text] ?? inWordsOf(shapes, text, translateServerValue) ?? text;

/** A value within such a text, its quotation marks as the language has them. */
const translateServerValue = (value: string): string =>
  language === 'de' ? translateServerText(value).replace(/“([^“”]*)”/g, '„$1“') : translateServerText(value);

/**
 * As one looks for it: without case and accents, with ss for ß and one kind of apostrophe and dash, as the server
 * compares texts too.
 */
export const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[‘’ʼ]/g, "'")
    .replace(/[‐‒–—−]/g, '-');

/** Names with the same key are one: neither case counts, nor how their letters are put together. */
export const nameKey = (name: string): string => name.normalize('NFC').toLowerCase();

/** A label within an English sentence begins with a small letter; German nouns keep theirs. */
export const inSentence = (label: string): string => (language === 'en' ? label.toLowerCase() : label);
