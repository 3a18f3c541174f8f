import { mask_sign, type Sealing } from './fields.ts';

/** How many characters a mask shows, and how many more a value has at least, so that a mask never tells most of it. */
const shown_characters = 4;

export function maskOf(text: string, mask: Sealing['mask']): string {
  const hidden = mask_sign.repeat(4);
  const shown = shownBy(text, mask);
  return shown === '' ? hidden : `${hidden} ${shown}`;
}

/** What a mask shows of a value. */
export function shownBy(text: string, mask: Sealing['mask']): string {
  const characters = [...text.replace(/[\s-]/g, '')];
  if (mask === 'all' || characters.length < 2 * shown_characters) return '';
  return characters.slice(-shown_characters).join('');
}
