import { z } from 'zod';

/**
 * What Unicode says is to be ignored where it cannot be shown, control characters but for tabs and line breaks, and a
 * pattern of braille without dots.
 */
const unseen = /(?![\t-\r])[\p{Default_Ignorable_Code_Point}\p{Cc}\u2800]/gu;
const spaces = /[\t-\r \u1680\u2028\u2029]+/g;

/**
 * A name as names are compared where no two may be alike: without case, spaces around it, further spaces between words
 * and characters that nobody sees, in one form of Unicode. `app.folded_name` says the same, by which indexes of the
 * database enforce it.
 */
export const foldedName = (name: string): string =>
  name.replace(unseen, '').normalize('NFKC').replace(spaces, ' ').replace(/^ | $/g, '').toLowerCase();

/**
 * A text without the spaces around it, in composed letters: some programs send é as e and an accent. Empty when there
 * is nothing in it to see.
 */
export const trimmedText = (text: string): string =>
  /[!-~]/.test(text) || foldedName(text) !== '' ? text.trim().normalize('NFC') : '';

/** A text without the spaces around it, in composed letters; one of nothing to see is empty. */
export const trimmed = () => z.string().overwrite(trimmedText);

/** A text in which there is something to see. */
export const filled = (max: number) => trimmed().min(1, { error: 'This must not be empty' }).max(max);
