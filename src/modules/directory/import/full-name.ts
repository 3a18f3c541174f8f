import { splitEastAsian } from '../../../kernel/contract/person-name.ts';

/** Words that belong to the family name after them: `Ludwig van Beethoven`, `Maria de la Cruz`. */
const particles = new Set([
  'von',
  'van',
  'zu',
  'de',
  'del',
  'della',
  'da',
  'di',
  'dos',
  'la',
  'le',
  'den',
  'der',
  'ter',
  'ten',
  'bin',
  'ibn',
  'al',
  'el',
  'st',
]);

/**
 * `Moses Frase` and `Frase, Moses` alike, and `山田 太郎`, in which the family name stands first. One word is a family
 * name; scripts without spaces stay whole.
 */
export function splitFullName(text: string): { given_name: string | null; family_name: string | null } {
  const name = text.trim().replace(/\s+/g, ' ');
  const eastAsian = splitEastAsian(name);
  if (eastAsian) return eastAsian;
  // At the first comma alone: what stands behind a second one, such as `Jr.`, belongs to the name too.
  const comma = name.indexOf(',');
  const before = comma === -1 ? name : name.slice(0, comma).trimEnd();
  const after = comma === -1 ? '' : name.slice(comma + 1).trimStart();
  if (after !== '') return { given_name: after, family_name: before === '' ? null : before };
  const parts = before.split(' ');
  let family = parts.length - 1;
  while (family > 1 && particles.has(parts[family - 1]!.toLowerCase().replace('.', ''))) family--;
  return {
    given_name: parts.slice(0, family).join(' ') || null,
    family_name: parts.slice(family).join(' ') || null,
  };
}
