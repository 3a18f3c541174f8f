import { withoutNameMark } from './name-mark.ts';

/**
 * Removes the characters that a PostgreSQL text cannot hold: NUL, and halves of surrogate pairs, also of one that the
 * limit cuts in two. Removes what could be the mark of sealed names too.
 */
export const storableText = (text: string, characters_max = Number.POSITIVE_INFINITY): string =>
  withoutNameMark(text.replaceAll('\0', '')).slice(0, characters_max).toWellFormed();
