import { invalidField } from '../../errors/problem.ts';
import type { PersonalWords } from './queries.ts';

export const password_characters_min = 12;
/** Long enough for any sentence; short enough that hashing it costs nothing more. */
export const password_characters_max = 200;
const distinct_characters_min = 5;
/** Shorter parts of a name occur in too many words. */
const personal_word_characters_min = 4;

/**
 * The 50,000 most common breached passwords. The minimum length already excludes most, but not their variants. Read
 * when a password is first set: most processes never need them, and they take megabytes.
 */
let commonPasswords: Promise<ReadonlySet<string>> | undefined;
const readCommonPasswords = async () => {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set<string>(dictionary['passwords-common']);
};

/**
 * Length counts (NIST SP 800-63B): no rules about kinds of characters, but nothing that an attacker tries first: leaked
 * passwords, variants of them with digits, and what is known of the person.
 */
export async function refuseWeakPassword(password: string, personal: PersonalWords): Promise<void> {
  commonPasswords ??= readCommonPasswords();
  const weakness = weaknessOf(password, personal, await commonPasswords);
  if (weakness) throw invalidField('password', weakness.code, weakness.message);
}

function weaknessOf(
  password: string,
  personal: PersonalWords,
  common: ReadonlySet<string>,
): { code: string; message: string } | undefined {
  const length = [...password].length;
  if (length < password_characters_min)
    return {
      code: 'too_short',
      message: `Use at least ${password_characters_min} characters; a few words make a good password`,
    };
  if (length > password_characters_max)
    return { code: 'too_long', message: `Use at most ${password_characters_max} characters` };
  const folded = password.normalize('NFKC').toLowerCase();
  if (isCommon(folded, common))
    return { code: 'breached', message: 'This is among the passwords that attackers try first. Choose another one' };
  if (new Set(folded).size < distinct_characters_min)
    return { code: 'too_simple', message: 'This repeats the same few characters. Choose another one' };
  const word = wordsOf(personal).find((w) => folded.includes(w));
  if (word)
    return {
      code: 'personal',
      message: 'This contains your name, your e-mail address or your workspace. Choose another one',
    };
  return undefined;
}

/** Also with digits and punctuation around it, or repeated. */
function isCommon(folded: string, common: ReadonlySet<string>): boolean {
  const core = folded.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const half = folded.slice(0, folded.length / 2);
  return common.has(folded) || common.has(core) || (half + half === folded && common.has(half));
}

function wordsOf({ email, name, tenant_name, tenant_title }: PersonalWords): string[] {
  return [email?.split('@')[0] ?? '', ...name.split(/\s+/), tenant_name, ...tenant_title.split(/\s+/)]
    .map((word) => word.normalize('NFKC').toLowerCase())
    .filter((word) => [...word].length >= personal_word_characters_min);
}
