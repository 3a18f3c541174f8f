/**
 * English that no native writes, met where people read it: none of it comes back. Compared in small letters, wherever in
 * a text it stands.
 */
export const oddPhrases: readonly string[] = [
  'what is to be done',
  'what was said',
  'this is needed',
  'is needed here',
  'is not whole',
  'records that they name',
  'number as they were',
  'a name that is not there',
  'keeps the value there is',
  'your change of many records',
  'none fits the filter',
  'nothing to count in',
  'for want of',
  'left empty, the field',
  'that hangs on',
  'given to you',
  'fit anew',
  'learnt from your deals',
  'taking out records',
  'as often as it likes',
  'make an address',
  'not yours to see',
  'as the page lifecycle shows',
  'they are in the file store',
  'as that of postgresql',
  'nothing is written yet that says more',
  'go along',
  'comes along',
  'sees none of it',
  'until further notice',
  'see the common one',
  'no household that we know',
  'cannot be known of this',
  'leave no history',
  'are already there are left alone',
  'wait for a decision',
  'shows this conversation to nobody',
  'stands in the timeline of each',
  'get this value',
  'gets this value',
  'the ten before',
  'name the owners',
  'of how many',
  'find by a sealed value',
];

/** Sentences that are nothing but this. */
export const oddTexts: readonly string[] = ['do it', 'load it', 'who goes', 'from us'];

export const isOdd = (text: string): boolean => {
  const words = wordsOf(text);
  return oddTexts.includes(words) || oddPhrases.some((phrase) => ` ${words} `.includes(` ${wordsOf(phrase)} `));
};

const punctuation = new Set('.,:;!?(){}“”"’');
const wordsOf = (text: string): string =>
  [...text.toLowerCase()]
    .map((letter) => (punctuation.has(letter) ? ' ' : letter))
    .join('')
    .split(' ')
    .filter((word) => word !== '')
    .join(' ');
