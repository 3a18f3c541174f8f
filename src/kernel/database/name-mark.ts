/**
 * Where a part of a person's name is sealed, `contact.name` is a composite (`app.contact_name`): this mark, and a JSON
 * list of the contact's id, given name, family name, e-mail address and phone as they are stored. Whatever is read in a
 * context gets the name in its place (`src/kernel/resource/composite-names.ts`).
 */
export const name_mark = '\u0001name:';

export const name_mark_refused =
  'This text has the mark of sealed names, which nobody can write. Remove the character U+0001';

/** The mark as JSON writes it, behind the backslash that begins it. */
const escaped = 'u0001name:';

/**
 * Whether a text has the mark, or is JSON in which a text has it. Only the database writes it: of a text from outside
 * that had it, whoever has a stolen envelope would get the name.
 */
export const hasNameMark = (text: string): boolean =>
  text.includes(name_mark) || (isJson(text) && text.includes(`\\${escaped}`) && hasEscapedMark(text));

const isJson = (text: string): boolean => text.startsWith('{') || text.startsWith('[') || text.startsWith('"');

/** A backslash behind another one begins nothing. */
function hasEscapedMark(json: string): boolean {
  for (let at = json.indexOf(escaped); at >= 0; at = json.indexOf(escaped, at + 1)) {
    let backslashes = 0;
    while (json[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 1) return true;
  }
  return false;
}

/** A text from outside that is taken as it is, without what could be the mark. */
export const withoutNameMark = (text: string): string =>
  text.includes(name_mark) ? text.replaceAll('\u0001', '') : text;
