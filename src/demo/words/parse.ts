import type { Locale } from './locale.ts';

/** A word as it is written, and in the letters of addresses. */
export interface Word {
  text: string;
  latin: string;
}

const special: Record<string, string> = { ß: 'ss', ł: 'l', Ł: 'L', ø: 'o', đ: 'd', Đ: 'D', ı: 'i', æ: 'ae', œ: 'oe' };
const umlauts: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'Ae', Ö: 'Oe', Ü: 'Ue' };

/** Latin letters without marks, as in addresses; German writes its umlauts out. */
function plain(text: string, { language }: Locale): string {
  const spelled = language === 'German' ? text.replace(/[äöüÄÖÜ]/g, (c) => umlauts[c]!) : text;
  return spelled
    .replace(/[ßłŁøđĐıæœ]/g, (c) => special[c]!)
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’.]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

const entries = (list: string): string[] => list.split(', ');

function wordOf(text: string, latin: string | undefined, locale: Locale): Word {
  return { text, latin: latin ?? plain(text, locale) };
}

export function words(list: string, locale: Locale): Word[] {
  return entries(list).map((entry) => {
    const [text, latin] = entry.split('/');
    return wordOf(text!, latin, locale);
  });
}

/** Family names in the form for a man or a woman. */
export function familyNames(locale: Locale, woman: boolean): Word[] {
  return entries(locale.families).map((entry) => {
    const [texts, latins] = entry.split('/').map((side) => side.split('|'));
    const form = (sides: string[] | undefined) => sides && (woman ? sides.at(-1) : sides[0]);
    return wordOf(form(texts)!, form(latins), locale);
  });
}

/** `word: meaning` pairs. */
export function pairs(list: string, locale: Locale): (Word & { meaning: string })[] {
  return entries(list).map((entry) => {
    const [named = '', meaning = ''] = entry.split(':');
    const [text, latin] = named.split('/');
    return { ...wordOf(text!, latin, locale), meaning: meaning.trim() };
  });
}
