import { createHmac, randomBytes } from 'node:crypto';
import { companyForms, familyNames, givenNames, jobTitles, prose, streets, towns, words } from './words.ts';

const prose_characters_max = 2_000;
const letters = 'abcdefghjkmnpqrstvwxyz23456789';
const newest_birth = 2004;
const oldest_birth = 1945;

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const wordsOf = (text: string) => text.trim().split(/\s+/);

/** Bytes without end that depend on a value alone. */
class Draw {
  private readonly key: Buffer;
  private readonly about: string;
  private bytes: Buffer = Buffer.alloc(0);
  private blocks = 0;
  private at = 0;

  constructor(key: Buffer, about: string) {
    this.key = key;
    this.about = about;
  }

  private next(): number {
    if (this.at + 4 > this.bytes.length) {
      this.bytes = createHmac('sha256', this.key)
        .update(`${this.blocks++}\0${this.about}`)
        .digest();
      this.at = 0;
    }
    const value = this.bytes.readUInt32BE(this.at);
    this.at += 4;
    return value;
  }

  below(bound: number): number {
    return this.next() % bound;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  code(length: number): string {
    return Array.from({ length }, () => letters[this.below(letters.length)]).join('');
  }
}

/**
 * Substitutes for what people wrote. The same value gets the same one wherever it stands, so that references by value,
 * duplicates, groups and searches go on working. The key is random and known to nobody once the process ends, so nobody
 * can find out which value a substitute stands for, not even by trying names.
 */
export class Substitution {
  private readonly key: Buffer;

  constructor(key: Buffer = randomBytes(32)) {
    this.key = key;
  }

  /** A substitution that has other substitutes for the same values. */
  another(number: number): Substitution {
    return new Substitution(createHmac('sha256', this.key).update(`another ${number}`).digest());
  }

  /** What differs in capitals, in spaces around it or in the form of its characters is the same to people. */
  private draw(kind: string, value: string): Draw {
    return this.drawExactly(kind, value.normalize('NFKC').trim().toLowerCase());
  }

  /** For values that only one record may have: those that differ in anything get different substitutes. */
  private drawExactly(kind: string, value: string): Draw {
    return new Draw(this.key, `${kind}\0${value}`);
  }

  givenName(value: string): string {
    return this.draw('given', value).of(givenNames);
  }

  familyName(value: string): string {
    return this.draw('family', value).of(familyNames);
  }

  /** Replaces a name part by part, so that a name in one field becomes the same as in two. */
  personName(value: string): string {
    const [first, ...rest] = wordsOf(value);
    return [this.givenName(first!), ...(rest.length > 0 ? [this.familyName(rest.join(' '))] : [])].join(' ');
  }

  company(value: string): string {
    const draw = this.draw('company', value);
    return `${capital(draw.of(words))} ${capital(draw.of(words))} ${draw.code(4).toUpperCase()} ${draw.of(companyForms)}`;
  }

  /** A few words that tell one from another, for subjects, titles and names of things. */
  label(value: string): string {
    const draw = this.drawExactly('label', value);
    return `${capital(draw.of(words))} ${draw.of(words)} ${draw.code(4)}`;
  }

  externalId(value: string): string {
    return `x-${this.drawExactly('external id', value).code(16)}`;
  }

  /** Below `.example`, which leads nowhere (RFC 2606). */
  domain(value: string): string {
    const draw = this.draw('domain', value.replace(/^www\./i, ''));
    return `${draw.of(words)}-${draw.of(words)}-${draw.code(6)}.example`;
  }

  email(value: string): string {
    const at = value.lastIndexOf('@');
    const draw = this.draw('email', value);
    const domain = this.domain(at < 0 ? '' : value.slice(at + 1).trim());
    return `${draw.of(givenNames).toLowerCase()}.${draw.code(10)}@${domain}`;
  }

  url(value: string): string {
    const url = URL.parse(value);
    const path = url && url.pathname + url.search + url.hash !== '/' ? this.draw('path', value).code(8) : '';
    return `https://${this.domain(url?.hostname ?? value)}/${path}`;
  }

  /** The country stays, and how the number is written; the other digits are others. */
  phone(value: string): string {
    const digits = value.replace(/\D/g, '');
    const [shown, ...further] = value.split(/[a-z,;#*]/i);
    const kept = shown!.trim().startsWith('+') ? (/^[17]/.test(digits) ? 1 : 2) : digits.startsWith('00') ? 4 : 1;
    const draw = this.draw('phone', digits);
    let seen = 0;
    const number = shown!.replace(/[^\d\s+().\-/]/g, '').replace(/\d/g, (digit) => {
      seen++;
      if (seen <= kept && digits.length > kept) return digit;
      return String(seen === kept + 1 ? 1 + draw.below(9) : draw.below(10));
    });
    return seen > 0 ? number.trim() : `+${1 + draw.below(9)}${further.length}555${1000 + draw.below(9000)}`;
  }

  street(value: string): string {
    const draw = this.draw('street', value);
    return `${1 + draw.below(199)} ${draw.of(streets)} Street`;
  }

  /** Letters stay letters and digits digits. */
  sameForm(value: string): string {
    const draw = this.draw('form', value);
    return value.replace(/\p{L}|\p{M}|\p{N}/gu, (character) => {
      if (/\p{N}/u.test(character)) return String(draw.below(10));
      const letter = draw.code(1).replace(/\d/, 'k');
      return /\p{Lu}/u.test(character) ? letter.toUpperCase() : letter;
    });
  }

  town(value: string): string {
    return this.draw('town', value).of(towns);
  }

  jobTitle(value: string): string {
    return this.draw('job', value).of(jobTitles);
  }

  /** `1990-04-30`, or `--04-30` when the year is unknown. */
  birthday(value: string): string {
    const draw = this.draw('birthday', value);
    const two = (number: number) => String(number).padStart(2, '0');
    const day = `${two(1 + draw.below(12))}-${two(1 + draw.below(28))}`;
    return value.startsWith('--') ? `--${day}` : `${oldest_birth + draw.below(newest_birth - oldest_birth)}-${day}`;
  }

  /** About as long as it was, of words that say nothing. */
  prose(value: string): string {
    const draw = this.draw('prose', value);
    const length = Math.min(value.trim().length, prose_characters_max);
    let text = capital(draw.of(prose));
    while (text.length < length - 2) text += ` ${draw.of(prose)}`;
    return `${text}.`;
  }

  fileName(value: string): string {
    return `${this.label(value).toLowerCase().replaceAll(' ', '-')}.txt`;
  }

  /** A text of a workspace's own field, in the form that the field asks for. */
  customText(value: string, pattern: string | undefined, max: number | undefined): string {
    if (pattern === 'email') return this.email(value);
    if (pattern === 'phone') return this.phone(value);
    if (pattern === 'digits' || pattern === 'letters' || pattern === 'letters_digits' || pattern === 'capitals_digits')
      return this.sameForm(value);
    if (value.length > 40) return this.prose(value).slice(0, max);
    const label = this.label(value);
    return max !== undefined && label.length > max ? this.draw('short', value).code(max) : label;
  }
}
