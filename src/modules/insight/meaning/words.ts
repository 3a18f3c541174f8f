/**
 * The words of a text as they are counted and compared: folded, without their endings, and without those that every
 * text has.
 */
export function wordsOf(text: string): string[] {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss');
  const words: string[] = [];
  for (const [word] of folded.matchAll(/[\p{L}\p{N}]+/gu)) {
    if (word.length > letters_max || stopWords.has(word)) continue;
    if (unspaced.test(word)) words.push(...pairsOf(word));
    else words.push(stem(word));
  }
  return words;
}

const letters_max = 60;
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Of languages that write without spaces, each two letters are a word. */
function pairsOf(word: string): string[] {
  const letters = [...word];
  if (letters.length < 3) return [word];
  return letters.slice(1).map((letter, at) => `${letters[at]}${letter}`);
}

const ofLetters = /^[a-z]+$/;
const shortest_stem = 4;
/** The longer first: one ending is taken off, and then an "e". */
const endings = [
  'isierungen',
  'isierung',
  'izations',
  'ization',
  'ierungen',
  'fulness',
  'ousness',
  'iveness',
  'ierung',
  'ations',
  'ement',
  'ation',
  'ators',
  'ments',
  'ungen',
  'lich',
  'ator',
  'ment',
  'ness',
  'able',
  'ible',
  'ives',
  'ings',
  'ions',
  'ical',
  'ally',
  'enen',
  'ung',
  'ing',
  'ion',
  'ive',
  'ies',
  'ers',
  'ern',
  'ity',
  'ial',
  'ous',
  'ant',
  'ent',
  'ic',
  'al',
  'ed',
  'er',
  'es',
  'en',
  'em',
  'ly',
  's',
  'n',
  'y',
];

/**
 * English and German alike, as people mix them: takes away too much rather than too little. Names and numbers are
 * compared as they are written.
 */
function stem(word: string): string {
  if (!ofLetters.test(word) || word.length <= shortest_stem) return word;
  const ending = endings.find((each) => word.endsWith(each) && word.length - each.length >= shortest_stem);
  const cut = ending ? word.slice(0, -ending.length) : word;
  return cut.length > shortest_stem && cut.endsWith('e') ? cut.slice(0, -1) : cut;
}

/** What stands in nearly every English or German text and says nothing about it. */
const stopWords = new Set(
  `a s t about above after again all also am an and any are as at be because been before being below between both but by can could did do does doing done
  down during each else ever every few for from further get give given gives go had has have having he hence her here hers him his how however i if in
  into is it its itself just let may me might more most much must my no nor not now of off on once only or other our out over own per put said same
  say see shall she should so some such than that the their them then there these they this those through thus to too under until up upon us use
  very via was we were what when where whether which while who whom whose why will with within without would yes yet you your yours
  aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bereits bin bis bitte da dabei dafur dann darauf das dass dazu
  dein deine dem den denn der deren des dessen dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines
  er es etwas euch euer fur ganz gegen gibt habe haben hat hatte hatten hier hin ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins ist ja
  jede jedem jeden jeder jedes jetzt kann kein keine keinen konnen konnte mal man mehr mein meine meinem meinen meiner mich mir mit muss nach nicht
  nichts noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner seit sich sie sind so soll sollen sollte sondern uber um und uns unser
  unsere unter vom von vor war waren was weil wenn wer werde werden wie wieder will wir wird wo wurde wurden zu zum zur zwischen
  re fw fwd aw wg http https www com`.split(/\s+/),
);

/** A word as a number, so that no index of the database holds words of texts; two in millions of words meet. */
export function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) | 0;
}

/** How often each word stands in a text. */
export interface WordCounts {
  words: Int32Array;
  counts: Uint8Array;
  /** How many words the text has. */
  size: number;
}

const count_max = 255;
const words_max = 1000;

export function countsOf(words: readonly string[]): WordCounts {
  const counts = new Map<number, number>();
  for (const word of words) {
    const hash = hashOf(word);
    if (counts.size < words_max || counts.has(hash)) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  return {
    words: Int32Array.from(counts.keys()),
    counts: Uint8Array.from(counts.values(), (count) => Math.min(count, count_max)),
    size: words.length,
  };
}
