/** The letters beyond ASCII of languages that are written in an encoding of one byte. */
const languages: Record<string, readonly string[]> = {
  'windows-1252': [
    'äöüß',
    'àâæçéèêëîïôœùûüÿ',
    'áéíñóúüªº',
    'àáâãçéêíóôúüªº',
    'àèéìíîòóùú',
    'åäöé',
    'åæøéèêòóô',
    'áðéíóúýþæö',
    'éëïóöüèêá',
    'äõöüšž',
    'àçèéíïòóúü',
  ],
  'windows-1250': ['äöüß', 'ąćęłńóśźż', 'áčďéěíňóřšťúůýž', 'áäčďéíĺľňóôŕšťúýž', 'áéíóöőúüű', 'čćđšž', 'ăâîșțşţ'],
};

const words_max = 2_000;
/**
 * Letters and bytes beyond ASCII, but for signs that both encodings have in the same place, and the accent that stands
 * for an apostrophe.
 */
const wordPattern = /[A-Za-z\x8a\x8c-\x8f\x9a\x9c-\x9f\xa1-\xa3\xa5\xaa\xaf\xb2\xb3\xb9\xba\xbc-\xff]{3,}/g;
/** Units are written with signs that are letters elsewhere. */
const unit = /^[cdkm]?m[\xb2\xb3]$/;

/**
 * Whether words, a character for each byte, are of central Europe: more of them have only letters of one of its
 * languages when read as Windows-1250 than when read as Windows-1252. `Dvoøák` would have letters of two languages, and
 * `Micha³` a sign.
 */
export function isCentralEuropean(bytes: string): boolean {
  const words = [...new Set(bytes.match(wordPattern) ?? [])].filter(
    (word) => /[\x80-\xff]/.test(word) && !unit.test(word),
  );
  const seen = words.slice(0, words_max);
  const [western, central] = ['windows-1252', 'windows-1250'].map((encoding) => fitting(seen, encoding)) as [
    number,
    number,
  ];
  return central > western;
}

function fitting(words: readonly string[], encoding: string): number {
  const decoder = new TextDecoder(encoding);
  const sets = languages[encoding]!.map((letters) => new Set(letters));
  return words.filter((word) => {
    const letters = [...decoder.decode(Buffer.from(word, 'latin1')).toLowerCase()].filter((letter) => letter > '\x7f');
    return sets.some((set) => letters.every((letter) => set.has(letter)));
  }).length;
}
