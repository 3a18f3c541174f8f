import { overlap, type Sentence } from './sentences.ts';

export interface PromiseFound {
  sentence: Sentence;
  by: 'us' | 'them' | null;
  due_on: string | null;
}

/** Somebody says that they will do something: "I'll send it by Friday", "Wir melden uns bis Dienstag". */
const english =
  /\b(i|we)\s?(['’]ll|\s+will|\s+shall|\s+am going to|['’]m going to|\s+are going to|['’]re going to|\s+promise to)\s+(?!not\b|never\b|be (happy|glad|pleased)|have to\b|see\b)/i;
const germanDone =
  /\b(ich|wir)\s+(schicke|sende|melde|rufe|liefere|bringe|kümmere|prüfe|kläre|überweise|reiche|gebe|bereite|erstelle|leite|besorge|organisiere|bestelle|mache)n?\b/i;
const germanWill = /\b(?:(?:ich|wir)\s+werden?|werden?\s+(?:ich|wir))\b(?!.*\bnicht\b)/i;
const germanInverted =
  /\b(schicke|sende|melde|liefere|bringe|kümmere|prüfe|kläre|überweise|reiche|gebe|bereite|erstelle|leite)n?\s(ich|wir)\b/i;
const question = /\?\s*$/;
const conditional = /^\s*(if|falls|wenn|sollten?|would|could|unless)\b/i;

export const isPromise = (text: string): boolean =>
  !question.test(text) &&
  !conditional.test(text) &&
  [english, germanDone, germanWill, germanInverted].some((pattern) => pattern.test(text));

/** That it was done: said by whoever promised it, or by what they sent. */
const done =
  /\b(attached|enclosed|as promised|as discussed,? here|here (is|are)|i('ve| have) sent|we('ve| have) sent|anbei|im anhang|wie versprochen|wie besprochen|habe ich (dir|ihnen)? ?\w* ?(geschickt|gesendet)|erledigt|done)\b/i;

/**
 * Promises that nobody has said are kept: by the one who made it, later, with words of theirs, that something is
 * attached or done, or a file that they sent. `sentences` are the newest first.
 */
export function openPromises(sentences: readonly Sentence[]): PromiseFound[] {
  const found: PromiseFound[] = [];
  for (const [at, sentence] of sentences.entries()) {
    if (!isPromise(sentence.text)) continue;
    const { of } = sentence;
    const later = sentences.slice(0, at).filter((each) => each.of !== of && sameSide(each.of.direction, of.direction));
    const kept = later.some(
      (each) =>
        (done.test(each.text) && overlap(each, sentence) >= shared_min) ||
        (each.of.has_files && each.of.conversation_id === of.conversation_id),
    );
    const repeated = found.some((each) => overlap(each.sentence, sentence) >= same_min);
    if (!kept && !repeated) found.push({ sentence, by: sideOf(of.direction), due_on: dueOn(sentence.text, of.at) });
  }
  return found;
}

const shared_min = 0.25;
const same_min = 0.8;

const sideOf = (direction: 'in' | 'out' | null) => (direction === 'out' ? 'us' : direction === 'in' ? 'them' : null);
const sameSide = (one: string | null, other: string | null) => one === other || one === null || other === null;

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const wochentage = ['sonntag', 'montag', 'dienstag', 'mittwoch', 'donnerstag', 'freitag', 'samstag'];
const months = ['jan', 'feb', 'mar|mär|mae', 'apr', 'may|mai', 'jun', 'jul', 'aug', 'sep', 'oct|okt', 'nov', 'dec|dez'];
const monthPattern = months.join('|');

/** The day that a promise names, by when it was written; null where it names none. */
export function dueOn(text: string, written: string): string | null {
  const lower = text.toLowerCase();
  const from = new Date(`${written.slice(0, 10)}T00:00:00Z`);
  const iso = /\b(\d{4})-(\d{2})-(\d{2})\b/.exec(lower);
  if (iso) return dayOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const german = /\b(\d{1,2})\.\s?(\d{1,2})\.(\d{4})?/.exec(lower);
  if (german) return near(from, Number(german[2]), Number(german[1]), german[3]);
  const dayFirst = new RegExp(
    `\\b(\\d{1,2})(?:st|nd|rd|th|\\.)?\\s+(?:of\\s+)?(${monthPattern})[a-zä]*\\.?(?:\\s+(\\d{4}))?`,
  ).exec(lower);
  if (dayFirst) return near(from, monthOf(dayFirst[2]!), Number(dayFirst[1]), dayFirst[3]);
  const monthFirst = new RegExp(
    `\\b(${monthPattern})[a-z]*\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?\\b(?:,?\\s+(\\d{4}))?`,
  ).exec(lower);
  if (monthFirst) return near(from, monthOf(monthFirst[1]!), Number(monthFirst[2]), monthFirst[3]);
  if (/\b(day after tomorrow|übermorgen)\b/.test(lower)) return later(from, 2);
  if (/\b(tomorrow|bis morgen|morgen (früh|vormittag|nachmittag|abend))\b|\bmorgen\b(?! früher)/.test(lower))
    return later(from, 1);
  if (/\b(today|tonight|heute)\b/.test(lower)) return later(from, 0);
  if (/\b(next week|nächste[rn]? woche|kommende[rn]? woche)\b/.test(lower) && dayNamed(lower) < 0)
    return later(from, 12 - ((from.getUTCDay() + 6) % 7) - 1);
  if (/\b(end of (the|this) week|this week|(ende|diese[rn]?) (der |dieser )?woche)\b/.test(lower))
    return nextDay(from, 5);
  const day = dayNamed(lower);
  return day < 0 ? null : nextDay(from, day);
}

function dayNamed(text: string): number {
  const english = weekdays.findIndex((name) => new RegExp(`\\b${name}\\b`).test(text));
  return english >= 0 ? english : wochentage.findIndex((name) => new RegExp(`\\b${name}\\b`).test(text));
}

const monthOf = (text: string): number => months.findIndex((each) => each.split('|').includes(text)) + 1;

function dayOf(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.toISOString().slice(0, 10) : null;
}

/** A day without its year is the next one of that name; one that was a little before is taken as it is. */
function near(from: Date, month: number, day: number, year: string | undefined): string | null {
  if (year) return dayOf(Number(year), month, day);
  const found = dayOf(from.getUTCFullYear(), month, day);
  const past = found !== null && Date.parse(found) < from.getTime() - 30 * day_ms;
  return past ? dayOf(from.getUTCFullYear() + 1, month, day) : found;
}

const day_ms = 86_400_000;
const later = (from: Date, days: number): string => new Date(from.getTime() + days * day_ms).toISOString().slice(0, 10);
/** The next such day after one; a week later when it is that day. */
const nextDay = (from: Date, day: number): string => later(from, ((day - from.getUTCDay() + 6) % 7) + 1);
