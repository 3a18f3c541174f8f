/**
 * Which rows a right reaches. A scope is `none`, `all`, or a condition on row and caller made of kinds: `own+location`
 * (the caller's own rows, and those of the caller's locations), `location&team` (rows that are both of the caller's
 * locations and of the caller's team). The scopes of a person's roles add up (`union`); a key or another client that
 * acts for a person has only what both allow (`intersection`). Every scope has one spelling, so that equal scopes are
 * equal texts.
 */
export type Kind = string;
export type Scope = Kind;

/** In the order in which a scope names them. */
const known_kinds = ['own', 'team', 'location', 'participant'];
export const kinds: readonly Kind[] = known_kinds;

/**
 * Adds the kind of a group through which rows are reached; its rule says who is in which group. Before anything asks
 * for scopes.
 */
export function addKind(kind: Kind): void {
  if (!known_kinds.includes(kind)) known_kinds.splice(2, Infinity, ...[...known_kinds.slice(2), kind].sort());
}

/** Kinds that must all hold, in the order of `kinds`. */
type Term = readonly Kind[];

const isKind = (word: string): word is Kind => kinds.includes(word);

/** Whether a text is a scope, spelled in the one way. */
export const isScope = (text: string): text is Scope =>
  text === 'none' || text === 'all' || (text.split(/[+&]/).every(isKind) && spell(termsOf(text)) === text);

/**
 * The one spelling of a scope whose kinds stand in another order; any other text as it is, such as one that names a
 * kind twice.
 */
export function spellScope(text: string): string {
  const named = text.split(/[+&]/);
  const spelled = named.every(isKind) ? spell(termsOf(text)) : text;
  return spelled.split(/[+&]/).sort().join() === named.sort().join() ? spelled : text;
}

/** The alternatives of a scope: no term for `none`, one empty term for `all`. */
export const termsOf = (scope: string): Term[] =>
  scope === 'none' ? [] : scope === 'all' ? [[]] : scope.split('+').map((term) => term.split('&'));

/** The caller's own rows are also their team's. */
const implies = (term: Term, kind: Kind) => term.includes(kind) || (kind === 'team' && term.includes('own'));
const within = (narrow: Term, wide: Term) => wide.every((kind) => implies(narrow, kind));

/** Leaves out redundant terms and sorts the rest. */
function spell(terms: readonly Term[]): Scope {
  const spelled = terms.map((term) =>
    kinds.filter((kind) => term.includes(kind) && !(kind === 'team' && term.includes('own'))).join('&'),
  );
  const distinct = [...new Set(spelled)].map((text) => (text === '' ? [] : text.split('&')));
  const needed = distinct.filter((term) => !distinct.some((other) => other !== term && within(term, other)));
  if (needed.length === 0) return 'none';
  if (needed.some((term) => term.length === 0)) return 'all';
  return needed
    .map((term) => term.join('&'))
    .sort()
    .join('+');
}

const known = new Map<string, Scope>();
const known_max = 10_000;
function remembered(key: string, make: () => Scope): Scope {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= known_max) known.clear();
  const made = make();
  known.set(key, made);
  return made;
}

/** The kinds of rows that a scope names. */
export const kindsIn = (scope: string): readonly Kind[] => [...new Set(termsOf(scope).flat())];

/** What either allows. */
export function union(a: Scope, b: Scope): Scope {
  if (a === b || b === 'none') return a;
  if (a === 'none') return b;
  return remembered(`${a}|${b}`, () => spell([...termsOf(a), ...termsOf(b)]));
}

/** What both allow. */
export function intersection(a: Scope, b: Scope): Scope {
  if (a === b || b === 'all') return a;
  if (a === 'all') return b;
  return remembered(`${a}*${b}`, () =>
    spell(termsOf(a).flatMap((one) => termsOf(b).map((other) => [...one, ...other]))),
  );
}

/** Whether `wide` reaches every row that `narrow` reaches, whoever the caller is. */
export const covers = (wide: Scope, narrow: Scope): boolean => union(wide, narrow) === wide;
